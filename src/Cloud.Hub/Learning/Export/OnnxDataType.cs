namespace Cloud.Hub.Learning.Export;

/// <summary>Numbers of TensorProto.DataType.</summary>
internal enum OnnxDataType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int32 = 6,
    Int64 = 7,
}
