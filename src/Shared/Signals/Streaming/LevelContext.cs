namespace Hmas.Signals.Streaming;

/// <summary>What usually follows a level: the range seen so far is cut into <see cref="Levels"/> levels, and each keeps the mean of the values
/// that came after it.</summary>
/// <remarks>
/// A forecast without a model or a clock: the residual tells a value that is common by itself but not after
/// such a one. A level must keep its meaning, so all start anew when the range has become wider by
/// <see cref="Widened"/>. A view of the caller's memory: nothing is allocated, and saving that memory saves the context.
/// </remarks>
internal readonly ref struct LevelContext
{
    private const int Levels = 8;

    /// <summary>Share of the range, on either side.</summary>
    private const double Widened = 1.0 / Levels;

    /// <summary>Values that must have followed a level before it forecasts.</summary>
    private const int Fewest = 10;

    /// <summary>Values that the mean of a level remembers.</summary>
    private const int Memory = 200;

    private const int Seen = 0;
    private const int Low = 1;
    private const int High = 2;
    private const int Bottom = 3;
    private const int Top = 4;
    private const int Means = 5;
    private const int Counts = Means + Levels;

    /// <summary>Values of memory that a context needs, all zero at its start.</summary>
    public const int StateLength = Counts + Levels;

    private readonly Span<double> _state;

    /// <param name="state">Shape (<see cref="StateLength"/>).</param>
    public LevelContext(Span<double> state) => _state = state;

    /// <summary>Widens the range; every value once, after its residual.</summary>
    /// <param name="value">Finite.</param>
    public void Add(double value)
    {
        var isFirst = _state[Seen] == 0;
        _state[Low] = isFirst ? value : Math.Min(_state[Low], value);
        _state[High] = isFirst ? value : Math.Max(_state[High], value);
        _state[Seen] = 1;
    }

    /// <summary>The value less the mean of what followed the earlier one's level; that mean then takes the value.</summary>
    /// <param name="earlier">Finite.</param>
    /// <param name="value">Finite.</param>
    /// <returns>0 while the level is young, or all values so far were the same.</returns>
    public double Residual(double earlier, double value)
    {
        if (_state[High] <= _state[Low]) return 0;
        CutLevels();
        var place = (earlier - _state[Bottom]) / (_state[Top] - _state[Bottom]);
        var level = (int)Math.Clamp(Levels * place, 0, Levels - 1);
        ref var mean = ref _state[Means + level];
        ref var count = ref _state[Counts + level];
        var residual = count > Fewest ? value - mean : 0;
        count++;
        mean += (value - mean) / Math.Min(count, Memory);
        return residual;
    }

    private void CutLevels()
    {
        var (low, high) = (_state[Low], _state[High]);
        var allowed = Widened * (high - low);
        if (_state[Top] > _state[Bottom] && _state[Bottom] - low <= allowed && high - _state[Top] <= allowed) return;
        (_state[Bottom], _state[Top]) = (low, high);
        _state.Slice(Means, 2 * Levels).Clear();
    }
}
