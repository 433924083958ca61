#!/usr/bin/python3
"""Writes the tiny models that the tests load. Needs python3-onnx. Usage: make_models.py [FOLDER]  (default: beside this script)

All float32, opset 17, IR 8. Input 'x', output 'y'.
  identity.onnx        (1,2,8) -> (1,2,8)   grouped Conv, kernel 1, weight 1: reconstructs its input exactly
  half.onnx            (1,2,8) -> (1,2,8)   the same with weight 0.5: residual is a quarter of the square
  logit.onnx           (1,6)   -> (1,1)     Gemm: sum of the inputs minus 1
  classes.onnx         (1,6)   -> (1,3)     Gemm: 2 x first, first + second, third input
  wrong_shape.onnx     (1,2,8) -> (1,2,4)   every other time step
  open_batch.onnx      (N,2,8) -> (N,2,8)   identity with an open batch dimension
  two_inputs.onnx      x, z    -> y         Add
  nan.onnx             (1,2,8) -> (1,2,8)   square root: NaN for negative inputs
  unknown_op.onnx      (1,2,8) -> (1,2,8)   an operator that no runtime has
  int_input.onnx       int64 (1,2,8) -> float32 (1,2,8)
  wide.onnx            (1,8,64) -> (1,8,64) two convolutions, 8->32->8, kernel 5: the size of a device's model
  truncated.onnx       the first 60 bytes of identity.onnx
"""
import os
import random
import sys
import onnx
from onnx import TensorProto, helper

FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))


def tensor(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def constant(name, shape, values):
    return helper.make_tensor(name, TensorProto.FLOAT, shape, values)


def write(name, nodes, inputs, outputs, constants=(), check=True):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(constants))
    model = helper.make_model(graph, producer_name="hmas-tests", opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    if check:
        onnx.checker.check_model(model)
    with open(os.path.join(FOLDER, name + ".onnx"), "wb") as file:
        file.write(model.SerializeToString())
    return model.SerializeToString()


def scaled(name, factor, batch=1):
    return write(name, [helper.make_node("Conv", ["x", "w"], ["y"], kernel_shape=[1], group=2)],
                 [tensor("x", [batch, 2, 8])], [tensor("y", [batch, 2, 8])], [constant("w", [2, 1, 1], [factor, factor])])


identity = scaled("identity", 1.0)
scaled("half", 0.5)
scaled("open_batch", 1.0, "N")
write("logit", [helper.make_node("Gemm", ["x", "w", "b"], ["y"])], [tensor("x", [1, 6])], [tensor("y", [1, 1])],
      [constant("w", [6, 1], [1.0] * 6), constant("b", [1], [-1.0])])
write("classes", [helper.make_node("Gemm", ["x", "w"], ["y"])], [tensor("x", [1, 6])], [tensor("y", [1, 3])],
      [constant("w", [6, 3], [2.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0] + [0.0] * 9)])
write("wrong_shape", [helper.make_node("Conv", ["x", "w"], ["y"], kernel_shape=[1], group=2, strides=[2])],
      [tensor("x", [1, 2, 8])], [tensor("y", [1, 2, 4])], [constant("w", [2, 1, 1], [1.0, 1.0])])
write("two_inputs", [helper.make_node("Add", ["x", "z"], ["y"])], [tensor("x", [1, 2, 8]), tensor("z", [1, 2, 8])], [tensor("y", [1, 2, 8])])
write("nan", [helper.make_node("Sqrt", ["x"], ["y"])], [tensor("x", [1, 2, 8])], [tensor("y", [1, 2, 8])])
write("unknown_op", [helper.make_node("Frobnicate", ["x"], ["y"])], [tensor("x", [1, 2, 8])], [tensor("y", [1, 2, 8])], check=False)
write("int_input", [helper.make_node("Cast", ["x"], ["y"], to=TensorProto.FLOAT)],
      [tensor("x", [1, 2, 8], TensorProto.INT64)], [tensor("y", [1, 2, 8])])
draw = random.Random(7)
write("wide",
      [helper.make_node("Conv", ["x", "w1"], ["h"], kernel_shape=[5], pads=[2, 2]), helper.make_node("Relu", ["h"], ["r"]),
       helper.make_node("Conv", ["r", "w2"], ["y"], kernel_shape=[5], pads=[2, 2])],
      [tensor("x", [1, 8, 64])], [tensor("y", [1, 8, 64])],
      [constant("w1", [32, 8, 5], [draw.gauss(0, 0.1) for _ in range(1280)]), constant("w2", [8, 32, 5], [draw.gauss(0, 0.1) for _ in range(1280)])])
with open(os.path.join(FOLDER, "truncated.onnx"), "wb") as file:
    file.write(identity[:60])
