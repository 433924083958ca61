using System.Text.Json.Serialization;

namespace Cloud.Hub.Reasoning.Fleet;

/// <summary>Something the fleet's agent does, with its reason.</summary>
[JsonDerivedType(typeof(Train), "train")]
[JsonDerivedType(typeof(TrainTeacher), "train-teacher")]
[JsonDerivedType(typeof(RollOut), "roll-out")]
internal abstract record FleetMove(string Reason)
{
    /// <param name="Runs">The runs that gave the reason.</param>
    public sealed record Train(string Recipe, string ModelName, string? ParentDigest, IReadOnlyList<string> Runs, string Reason) : FleetMove(Reason);

    public sealed record TrainTeacher(string Reason) : FleetMove(Reason);

    public sealed record RollOut(string Digest, string Reason) : FleetMove(Reason);

    /// <param name="Failed">It broke off, rather than giving a candidate that is not better or being stopped by a person.</param>
    public sealed record ForgetTraining(string Reason, bool Failed = false) : FleetMove(Reason);

    public sealed record ForgetRollout(string Reason) : FleetMove(Reason);

    public sealed record ForgetTeacher(string Reason) : FleetMove(Reason);
}
