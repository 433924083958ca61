namespace Cloud.Hub.Specialized.Contract;

/// <summary>The door of the pump domain pack: what an anomaly means on a pump and what to do about it.</summary>
public interface IPumpDomain
{
    Task<IReadOnlyList<PumpFault>> FaultsAsync(CancellationToken cancellation);

    /// <summary>Names the likely fault of an experience window from which channels deviate and how, with
    /// advice; never null, the fault may be <c>unknown</c>.</summary>
    Task<PumpAdvice> AdviseAsync(
        string deviceId, IReadOnlyList<string> channels, Hmas.Contracts.Facts.ExperienceRecord experience, CancellationToken cancellation);
}

public sealed record PumpAdvice(string Asset, string Fault, double Confidence, IReadOnlyList<string> Reasons, string Advice);

public sealed record PumpFault(string Name, string Description, string Advice);
