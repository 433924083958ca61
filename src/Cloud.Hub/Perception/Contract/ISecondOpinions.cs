namespace Cloud.Hub.Perception.Contract;

/// <summary>The door of the Perception service: a larger teacher's view of uploaded windows, and how good the data are.</summary>
public interface ISecondOpinions
{
    Task<IReadOnlyList<WindowOpinion>> RecentAsync(string? deviceId, int limit, CancellationToken cancellation);

    Task<IReadOnlyList<DataQuality>> QualityAsync(CancellationToken cancellation);
}

/// <param name="TeacherScore">Score over the teacher's threshold; above 1 is anomalous.</param>
/// <param name="Agrees">Teacher and device say the same.</param>
public sealed record WindowOpinion(string DeviceId, string RunId, long EndUs, double TeacherScore, bool DeviceAlarm, bool Agrees);

/// <param name="Verdict"><c>good</c>, <c>suspect</c> or <c>bad</c>.</param>
public sealed record DataQuality(
    string DeviceId, string Verdict, double MissingShare, double StuckShare, double OutOfRangeShare, long Windows, string Explanation);
