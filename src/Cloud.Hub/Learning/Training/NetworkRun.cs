using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Learning.Training.Losses;

namespace Cloud.Hub.Learning.Training;

/// <summary>The memory of one network in use: activations and gradients of a batch, and the lanes that work
/// on it. Nothing is allocated per step with one thread.</summary>
/// <remarks>One caller at a time. A batch's lanes depend on its size alone and their sums are joined in lane order:
/// the same bits for every run and number of threads on one machine.</remarks>
internal sealed unsafe class NetworkRun : IDisposable
{
    /// <summary>A lane has at least this many samples, so that products keep enough rows.</summary>
    private const int MinLaneSamples = 16;

    /// <summary>What the activations and gradients of a chunk may take, about half of a common second-level cache.</summary>
    private const int ChunkBytes = 256 << 10;
    private const int MinChunk = 8;

    /// <summary>Floats of a block of gradients.</summary>
    private const int JoinBlock = 2048;

    private readonly Network _network;
    private readonly Sequence[] _values;
    private readonly Sequence?[] _gradients;
    private readonly Lane[] _lanes = new Lane[Network.MaxLanes];
    private readonly NativeBuffer[] _laneGradients = new NativeBuffer[Network.MaxLanes];
    private readonly double[] _laneLoss = new double[Network.MaxLanes];
    private readonly LaneWorkers _workers;
    private readonly int[] _batchLayers;
    private readonly int[][] _joins;
    private readonly int _chunk;

    /// <param name="maxBatch">Largest batch.</param>
    /// <param name="threads">Workers at most; more than there are lanes do nothing.</param>
    public NetworkRun(Network network, int maxBatch, int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _network = network;
        _workers = new LaneWorkers(Math.Min(threads, Network.MaxLanes) - 1);
        var layers = network.Layers;
        _values = new Sequence[layers.Count + 1];
        _gradients = new Sequence?[layers.Count + 1];
        for (var i = 0; i <= layers.Count; i++)
        {
            var shape = i == 0 ? network.Input : layers[i - 1].Output;
            var valueHalo = (i < layers.Count ? layers[i].InputHalo : default).Union(i > 0 ? layers[i - 1].OutputWriteHalo : default);
            _values[i] = new Sequence(maxBatch, shape, valueHalo);
            if (i == 0) continue;
            var gradientHalo = layers[i - 1].GradientHalo.Union(i < layers.Count ? layers[i].GradientWriteHalo : default);
            _gradients[i] = new Sequence(maxBatch, shape, gradientHalo);
        }

        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            _laneGradients[lane] = new NativeBuffer(network.ParameterCount);
            _lanes[lane] = new Lane(lane) { Gradients = _laneGradients[lane].Pointer };
        }

        // Residual layers that read what goes into a layer.
        _joins = [.. Enumerable.Range(0, layers.Count)
            .Select(i => Enumerable.Range(i, layers.Count - i).Where(j => layers[j] is Residual residual && j - residual.Back == i).ToArray())];
        _batchLayers = [.. Enumerable.Range(0, layers.Count).Where(i => layers[i] is IBatchLayer)];
        var sampleBytes = 2 * sizeof(float) * _values.Sum(v => v.SampleStride);
        _chunk = Math.Max(MinChunk, ChunkBytes / sampleBytes);
    }

    /// <summary>Fill samples [0, count) before a step.</summary>
    public Sequence Input => _values[0];

    public Sequence Output => _values[^1];

    /// <summary>Of the last step, summed over the batch's mean loss; may be scaled in place (clipping).</summary>
    public Span<float> Gradients => _laneGradients[0].Span;

    /// <summary>Value behind layer <paramref name="layer"/>, of the last batch.</summary>
    public Sequence OutputOf(int layer) => _values[layer + 1];

    /// <summary>Answers for samples [0, count) of <see cref="Input"/>: dropout off, batch norm by its running statistics.</summary>
    public void Forward(int count)
    {
        var lanes = Cut(count, training: false, 0);
        Each(lanes, lane =>
        {
            Forth(lane, 0, _network.Layers.Count);
        });
    }

    /// <summary>Mean loss of samples [0, count) and its gradient.</summary>
    /// <param name="stepSeed">For dropout.</param>
    public double Step(int count, Loss loss, Sequence target, ulong stepSeed)
    {
        var lanes = Cut(count, training: true, stepSeed);
        loss.Prepare(count, target);
        if (_batchLayers.Length == 0 && !loss.ComparesSamples)
        {
            Each(lanes, lane => InChunks(lane, loss, target));
        }
        else
        {
            InStages(lanes, count, loss, target);
        }

        JoinGradients(lanes);
        var total = 0.0;
        for (var i = 0; i < lanes; i++) total += _laneLoss[i];
        return total;
    }

    public void Dispose()
    {
        _workers.Dispose();
        foreach (var value in _values) value.Dispose();
        foreach (var gradient in _gradients) gradient?.Dispose();
        foreach (var buffer in _laneGradients) buffer.Dispose();
    }

    /// <summary>Adds the lanes' sums in lane order, block by block: a block of the total stays in the first-level cache.</summary>
    private void JoinGradients(int lanes)
    {
        for (var at = 0; at < Gradients.Length; at += JoinBlock)
        {
            var total = Gradients[at..Math.Min(at + JoinBlock, Gradients.Length)];
            for (var i = 1; i < lanes; i++) TensorPrimitives.Add(total, _laneGradients[i].Span.Slice(at, total.Length), total);
        }
    }

    /// <summary>Without layers that need the whole batch, some samples go all the way forth and back while they are in the cache.</summary>
    private void InChunks(Lane lane, Loss loss, Sequence target)
    {
        var (from, to) = (lane.From, lane.To);
        Begin(lane);
        for (var start = from; start < to; start += _chunk)
        {
            (lane.From, lane.To) = (start, Math.Min(to, start + _chunk));
            Forth(lane, 0, _network.Layers.Count);
            _laneLoss[lane.Index] += loss.Evaluate(lane, Output, target, _gradients[^1]!);
            Back(lane, _network.Layers.Count, 0);
        }

        (lane.From, lane.To) = (from, to);
    }

    /// <summary>On the lane's own thread, so that its sums are in that core's cache.</summary>
    private void Begin(Lane lane)
    {
        _laneGradients[lane.Index].Span.Clear();
        _laneLoss[lane.Index] = 0;
    }

    /// <summary>All lanes meet before each layer that needs the whole batch, and before a loss that does.</summary>
    private void InStages(int lanes, int count, Loss loss, Sequence target)
    {
        var layers = _network.Layers;
        var begin = 0;
        foreach (var position in _batchLayers)
        {
            var layer = (IBatchLayer)layers[position];
            var (from, to) = (begin, position);
            Each(lanes, lane =>
            {
                Forth(lane, from, to);
                layer.BeginForward(lane, _values[to]);
            });
            layer.JoinForward(lanes, count * _values[position].Shape.Length);
            begin = position;
        }

        var last = begin;
        Each(lanes, lane => Forth(lane, last, layers.Count));
        if (loss.ComparesSamples) loss.Join(count, Output, target);
        Each(lanes, lane =>
        {
            Begin(lane);
            _laneLoss[lane.Index] = loss.Evaluate(lane, Output, target, _gradients[^1]!);
        });
        var end = layers.Count;
        for (var i = _batchLayers.Length - 1; i >= 0; i--)
        {
            var position = _batchLayers[i];
            var layer = (IBatchLayer)layers[position];
            var above = end;
            Each(lanes, lane =>
            {
                Back(lane, above, position + 1);
                layer.BeginBackward(lane, _values[position], _gradients[position + 1]!);
            });
            layer.JoinBackward(lanes);
            end = position + 1;
        }

        var rest = end;
        Each(lanes, lane => Back(lane, rest, 0));
    }

    private void Forth(Lane lane, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (_network.Layers[i] is Residual residual) residual.ForwardSkip(lane, _values[i - residual.Back], _values[i], _values[i + 1]);
            else _network.Layers[i].Forward(lane, _values[i], _values[i + 1]);
        }
    }

    private void Back(Lane lane, int from, int to)
    {
        for (var i = from - 1; i >= to; i--)
        {
            _network.Layers[i].Backward(lane, _values[i], _values[i + 1], _gradients[i + 1]!, _gradients[i]);
            foreach (var join in _joins[i]) ((Residual)_network.Layers[join]).BackwardSkip(lane, _values[i], _gradients[join + 1]!, _gradients[i]);
        }
    }

    private int Cut(int count, bool training, ulong stepSeed)
    {
        if (count < 1 || count > Input.Batch) throw new ArgumentOutOfRangeException(nameof(count), $"{count} samples do not fit 1 to {Input.Batch}");
        var lanes = Math.Clamp(count / MinLaneSamples, 1, Network.MaxLanes);
        for (var i = 0; i < lanes; i++)
        {
            _lanes[i].From = (int)((long)count * i / lanes);
            _lanes[i].To = (int)((long)count * (i + 1) / lanes);
            _lanes[i].IsTraining = training;
            _lanes[i].StepSeed = stepSeed;
        }

        return lanes;
    }

    private void Each(int lanes, Action<Lane> work) => _workers.Run(_lanes, lanes, work);
}
