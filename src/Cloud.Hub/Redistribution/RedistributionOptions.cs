using System.ComponentModel.DataAnnotations;
using Cloud.Hub.Redistribution.Registry;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution;

/// <summary>Section <c>Redistribution</c>.</summary>
internal sealed class RedistributionOptions : IValidatableObject
{
    public const string Section = "Redistribution";

    /// <summary>How often each rollout is looked at. Default 1 s.</summary>
    public TimeSpan LookInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a running rollout looks for devices that have come to what it is aimed at, which costs a pass over
    /// the fleet. Default 30 s.</summary>
    public TimeSpan JoinInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Over all rollouts no more devices are told than can fetch their packages at this rate together, the highest
    /// priority first; what goes back is not held up. Default 0: no limit.</summary>
    [Range(0, 1L << 40)]
    public long BytesPerSecond { get; set; }

    /// <summary>Bytes of one package at most. Default 32 MiB; a device has its own bound too.</summary>
    [Range(1 << 10, 1 << 30)]
    public int MaxPackageBytes { get; set; } = 32 << 20;

    /// <summary>Bytes of one other artefact at most, such as firmware. Default 512 MiB.</summary>
    [Range(1L << 10, 1L << 40)]
    public long MaxArtefactBytes { get; set; } = 512L << 20;

    /// <summary>Bytes of differences between artefacts at most; those used longest ago go. Default 256 MiB.</summary>
    [Range(0, 1L << 40)]
    public long MaxDeltaBytes { get; set; } = 256L << 20;

    [ValidateObjectMembers]
    public BucketOptions Bucket { get; set; } = new();

    /// <summary>Artefacts younger than this are kept, referred to or not. Default 30 days.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(30);

    /// <summary>So many of the newest releases of each name are kept. Default 3.</summary>
    [Range(1, 1000)]
    public int KeepReleases { get; set; } = 3;

    /// <summary>How long nothing may refer to an artefact, once that was noticed, before it is deleted. Default 1 day, at least an hour.</summary>
    public TimeSpan CollectAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// True: the keys that say what bytes are lie elsewhere (docs/operations/signing-ceremony.md), and <c>trust/images</c>
    /// was filled by <c>hmas keys init</c>. False, the default: this hub holds them all.
    /// </summary>
    public bool OfflineTargets { get; set; }

    /// <summary>True: the keys of the director's root lie with keepers, and <c>trust/director</c> was filled by <c>hmas keys
    /// init --director</c>. False, the default: its root is the hub's own key.</summary>
    public bool OfflineDirector { get; set; }

    /// <summary>How often a device that speaks hawkBit's protocol shall ask. Default 1 min.</summary>
    public TimeSpan DirectPolling { get; set; } = TimeSpan.FromMinutes(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (LookInterval < TimeSpan.FromMilliseconds(10) || LookInterval > TimeSpan.FromMinutes(1))
        {
            yield return new ValidationResult($"{Section}:LookInterval {LookInterval} is outside 10 ms to 1 min", [nameof(LookInterval)]);
        }

        if (JoinInterval < TimeSpan.FromMilliseconds(10) || JoinInterval > TimeSpan.FromHours(1))
        {
            yield return new ValidationResult($"{Section}:JoinInterval {JoinInterval} is outside 10 ms to 1 h", [nameof(JoinInterval)]);
        }

        if (DirectPolling < TimeSpan.FromSeconds(1) || DirectPolling >= TimeSpan.FromDays(1))
        {
            yield return new ValidationResult($"{Section}:DirectPolling {DirectPolling} is outside 1 s to 24 h", [nameof(DirectPolling)]);
        }

        if (KeepFor < TimeSpan.Zero) yield return new ValidationResult($"{Section}:KeepFor {KeepFor} is negative", [nameof(KeepFor)]);
        if (CollectAfter < TimeSpan.FromHours(1))
            yield return new ValidationResult($"{Section}:CollectAfter {CollectAfter} is below 1 h", [nameof(CollectAfter)]);
    }
}

/// <summary>Generated checks.</summary>
[OptionsValidator]
internal sealed partial class RedistributionOptionsValidator : IValidateOptions<RedistributionOptions>;
