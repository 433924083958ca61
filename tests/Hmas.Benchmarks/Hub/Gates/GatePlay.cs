namespace Hmas.Benchmarks.Hub.Gates;

/// <summary>One rollout that was played, as a line of the state file.</summary>
/// <param name="Part">Of <see cref="GateScenario.Name"/>.</param>
/// <param name="CpuSeconds">Of all threads, since the line before.</param>
internal sealed record GatePlay(string Part, string Model, int Seed, SimulatedRollout.Ending Ending, double CpuSeconds);
