using System.Text.Json;
using Cloud.Hub.Redistribution.Rollouts.Gates;

namespace Hmas.Benchmarks.Hub.Gates;

/// <summary>The rollouts played so far, kept in a file of one line each, so that a long run may be broken off.</summary>
internal sealed class PlayedGates : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string, string, int), GatePlay> _plays = [];
    private readonly StreamWriter? _file;
    private TimeSpan _cpu;

    /// <param name="path">Goes on from it, or begins it; null: nothing is kept.</param>
    /// <exception cref="InvalidDataException">Another build made it: its figures and ours do not belong together.</exception>
    public PlayedGates(string? path)
    {
        _cpu = Environment.CpuUsage.TotalTime;
        if (path is null) return;
        var build = $"{typeof(GateBets).Module.ModuleVersionId} {typeof(PlayedGates).Module.ModuleVersionId}";
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        if (lines.Length > 0 && lines[0] != build) throw new InvalidDataException($"{path} is of another build: name another file, or delete it");
        foreach (var line in lines.Skip(1))
        {
            // The last line of a run that was killed may be cut.
            if (line.EndsWith('}') && JsonSerializer.Deserialize<GatePlay>(line) is { } play) _plays[Key(play)] = play;
        }

        _file = new StreamWriter(path, append: false) { AutoFlush = true };
        _file.WriteLine(build);
        foreach (var play in _plays.Values) _file.WriteLine(JsonSerializer.Serialize(play));
    }

    public IReadOnlyCollection<GatePlay> All => _plays.Values;

    public bool Has(string part, string model, int seed)
    {
        lock (_lock) return _plays.ContainsKey((part, model, seed));
    }

    /// <returns>How many there are now.</returns>
    public int Add(string part, string model, int seed, SimulatedRollout.Ending ending)
    {
        lock (_lock)
        {
            var cpu = Environment.CpuUsage.TotalTime;
            var play = new GatePlay(part, model, seed, ending, (cpu - _cpu).TotalSeconds);
            _cpu = cpu;
            _plays[Key(play)] = play;
            _file?.WriteLine(JsonSerializer.Serialize(play));
            return _plays.Count;
        }
    }

    public void Dispose() => _file?.Dispose();

    private static (string, string, int) Key(GatePlay play) => (play.Part, play.Model, play.Seed);
}
