using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>Gated recurrent unit (Cho et al. 2014) as PyTorch and ONNX (linear_before_reset) write it: r, z = σ(x·W + b +
/// h·U + c), n = tanh(x·W + b + r ⊙ (h·U + c)), h ← (1 − z) ⊙ n + z ⊙ h.</summary>
/// <remarks>(L, C) to (L, H): every state; it begins at 0. Keeps what Backward needs of the lane's last Forward.</remarks>
internal sealed unsafe class Gru(int units) : Layer
{
    private readonly GruMemory?[] _memory = new GruMemory?[Network.MaxLanes];
    private Parameter _inputWeight = null!;
    private Parameter _stateWeight = null!;
    private Parameter _inputBias = null!;
    private Parameter _stateBias = null!;
    private NativeBuffer? _inputForward;
    private NativeBuffer? _stateForward;
    private NativeBuffer? _inputBackward;
    private NativeBuffer? _stateBackward;

    public override string Kind => "gru";

    /// <summary>In PyTorch's order.</summary>
    public override IReadOnlyList<Parameter> Parameters => [_inputWeight, _stateWeight, _inputBias, _stateBias];

    /// <summary>W as (3H, C), gates r, z, n: PyTorch's order; setting copies.</summary>
    public float[] InputWeights
    {
        get => Transposition.Of(_inputWeight.Span, 3 * units);
        set => Transposition.Of(value, Input.Channels).CopyTo(_inputWeight.Span);
    }

    /// <summary>U as (3H, H).</summary>
    public float[] StateWeights
    {
        get => Transposition.Of(_stateWeight.Span, 3 * units);
        set => Transposition.Of(value, units).CopyTo(_stateWeight.Span);
    }

    /// <summary>(3H,).</summary>
    public Span<float> InputBias => _inputBias.Span;

    /// <summary>(3H,).</summary>
    public Span<float> StateBias => _stateBias.Span;

    public override void Initialise(SeededRandom random)
    {
        foreach (var parameter in Parameters) FillUniform(parameter, units, random);
    }

    public override void Prepare()
    {
        var (inputs, gates) = (Input.Channels, 3 * units);
        Gemm.Pack(_inputWeight.Values, gates, inputs, gates, (_inputForward ??= new NativeBuffer(Gemm.PackedCount(inputs, gates))).Pointer);
        Gemm.Pack(_stateWeight.Values, gates, units, gates, (_stateForward ??= new NativeBuffer(Gemm.PackedCount(units, gates))).Pointer);
        Gemm.PackTransposed(_inputWeight.Values, gates, inputs, (_inputBackward ??= new NativeBuffer(Gemm.PackedCount(gates, inputs))).Pointer);
        Gemm.PackTransposed(_stateWeight.Values, gates, units, (_stateBackward ??= new NativeBuffer(Gemm.PackedCount(gates, units))).Pointer);
    }

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        var (samples, length, gates) = (lane.To - lane.From, Input.Length, 3 * units);
        var memory = GruMemory.For(ref _memory[lane.Index], samples, length, units);
        // All rows at once: x·W + b.
        Gemm.Run(new GemmCall
        {
            MOuter = samples, M = length, N = gates, KOuter = 1, K = Input.Channels,
            A = input.Sample(lane.From), AMOuter = input.SampleStride, ARow = Input.Channels, AK = 1,
            B = _inputForward!.Pointer, BK = Gemm.PanelWidth, BPanel = Input.Channels * Gemm.PanelWidth,
            C = memory.InputGates, CMOuter = length * gates, CRow = gates, Bias = _inputBias.Values,
        });
        // The first state is 0: nothing but the bias.
        for (var s = 0; s < samples; s++) StateBias.CopyTo(new Span<float>(memory.StateGates + (s * length * gates), gates));
        for (var t = 0; t < length; t++)
        {
            if (t > 0)
            {
                Gemm.Run(new GemmCall
                {
                    M = samples, N = gates, KOuter = 1, K = units,
                    A = output.Sample(lane.From) + ((t - 1) * units), ARow = output.SampleStride, AK = 1,
                    B = _stateForward!.Pointer, BK = Gemm.PanelWidth, BPanel = units * Gemm.PanelWidth,
                    C = memory.StateGates + (t * gates), CRow = length * gates, Bias = _stateBias.Values,
                });
            }

            for (var s = 0; s < samples; s++)
            {
                var h = output.Sample(lane.From + s) + (t * units);
                Step(memory.InputGates + (((s * length) + t) * gates), memory.StateGates + (((s * length) + t) * gates), t == 0 ? null : h - units,
                    h);
            }
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        var (samples, length, gates) = (lane.To - lane.From, Input.Length, 3 * units);
        var memory = _memory[lane.Index]!;
        new Span<float>(memory.Carry, samples * units).Clear();
        for (var t = length - 1; t >= 0; t--)
        {
            for (var s = 0; s < samples; s++)
            {
                var h = output.Sample(lane.From + s) + (t * units);
                var at = ((s * length) + t) * gates;
                StepBack(
                    memory.InputGates + at, memory.StateGates + at, t == 0 ? null : h - units, outputGradient.Sample(lane.From + s) + (t * units),
                    memory.Carry + (s * units));
            }

            if (t == 0) break;
            Gemm.Run(new GemmCall
            {
                M = samples, N = units, KOuter = 1, K = gates,
                A = memory.StateGates + (t * gates), ARow = length * gates, AK = 1,
                B = _stateBackward!.Pointer, BK = Gemm.PanelWidth, BPanel = gates * Gemm.PanelWidth,
                C = memory.Carry, CRow = units, Accumulate = true,
            });
        }

        Learn(lane, input, output, memory, inputGradient);
    }

    protected override Shape OnBind(Shape input)
    {
        if (input.Width != 1) throw new ArgumentException($"layer {Position} (gru) cannot read a plane {input}");
        _inputWeight = new Parameter("input-weight", 3 * units * input.Channels);
        _stateWeight = new Parameter("state-weight", 3 * units * units);
        _inputBias = new Parameter("input-bias", 3 * units);
        _stateBias = new Parameter("state-bias", 3 * units);
        return new Shape(input.Length, units);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var memory in _memory) memory?.Dispose();
        foreach (var buffer in new[] { _inputForward, _stateForward, _inputBackward, _stateBackward }) buffer?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>One state from the last; the gates' places keep r, z, n.</summary>
    private void Step(float* gates, float* state, float* before, float* h)
    {
        for (var i = 0; i < units; i++)
        {
            var r = Sigmoid(gates[i] + state[i]);
            var z = Sigmoid(gates[units + i] + state[units + i]);
            var n = MathF.Tanh(gates[(2 * units) + i] + (r * state[(2 * units) + i]));
            h[i] = ((1 - z) * n) + (before == null ? 0 : z * before[i]);
            (gates[i], gates[units + i], gates[(2 * units) + i]) = (r, z, n);
        }
    }

    /// <summary>Turns the kept gates into gradients of what went into them; the carry becomes the direct share of the state before.</summary>
    private void StepBack(float* gates, float* state, float* before, float* gradient, float* carry)
    {
        for (var i = 0; i < units; i++)
        {
            var (r, z, n) = (gates[i], gates[units + i], gates[(2 * units) + i]);
            var dh = gradient[i] + carry[i];
            var dn = dh * (1 - z) * (1 - (n * n));
            var dz = dh * ((before == null ? 0 : before[i]) - n) * z * (1 - z);
            var dr = dn * state[(2 * units) + i] * r * (1 - r);
            carry[i] = dh * z;
            (gates[i], gates[units + i], gates[(2 * units) + i]) = (dr, dz, dn);
            (state[i], state[units + i], state[(2 * units) + i]) = (dr, dz, dn * r);
        }
    }

    private void Learn(Lane lane, Sequence input, Sequence output, GruMemory memory, Sequence? inputGradient)
    {
        var (samples, length, gates) = (lane.To - lane.From, Input.Length, 3 * units);
        Gemm.Run(new GemmCall
        {
            M = Input.Channels, N = gates, KOuter = samples, K = length,
            A = input.Sample(lane.From), ARow = 1, AK = Input.Channels, AKOuter = input.SampleStride,
            B = memory.InputGates, BK = gates, BKOuter = length * gates,
            C = lane.Gradients + _inputWeight.Offset, CRow = gates, Accumulate = true,
        });
        if (length > 1)
        {
            Gemm.Run(new GemmCall
            {
                M = units, N = gates, KOuter = samples, K = length - 1,
                A = output.Sample(lane.From), ARow = 1, AK = units, AKOuter = output.SampleStride,
                B = memory.StateGates + gates, BK = gates, BKOuter = length * gates,
                C = lane.Gradients + _stateWeight.Offset, CRow = gates, Accumulate = true,
            });
        }

        Convolution.SumRows(memory.InputGates, samples * length, gates, lane.Gradients + _inputBias.Offset);
        Convolution.SumRows(memory.StateGates, samples * length, gates, lane.Gradients + _stateBias.Offset);
        if (inputGradient is null) return;
        Gemm.Run(new GemmCall
        {
            MOuter = samples, M = length, N = Input.Channels, KOuter = 1, K = gates,
            A = memory.InputGates, AMOuter = length * gates, ARow = gates, AK = 1,
            B = _inputBackward!.Pointer, BK = Gemm.PanelWidth, BPanel = gates * Gemm.PanelWidth,
            C = inputGradient.Sample(lane.From), CMOuter = inputGradient.SampleStride, CRow = Input.Channels,
        });
    }

    private static float Sigmoid(float x) => 1f / (1f + MathF.Exp(-x));
}
