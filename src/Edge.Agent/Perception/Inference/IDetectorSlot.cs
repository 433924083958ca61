using Hmas.Contracts.Models;

namespace Edge.Agent.Perception.Inference;

/// <summary>Where the model that answers is put in and taken out, between two windows. Thread-safe; not for what is called while a frame is in
/// work, such as sinks, which would wait for themselves. Only the digests can be asked for there.</summary>
internal interface IDetectorSlot
{
    /// <summary>Null: no model answers.</summary>
    string? ActiveDigest { get; }

    string? ShadowDigest { get; }

    /// <summary>
    /// From the next window on <paramref name="next"/> answers; it calibrates on the rows kept of this run at once when it is not calibrated yet.
    /// Returns the one that answered before: no call to it runs or will run, it is the caller's to keep or dispose.
    /// </summary>
    /// <exception cref="ArgumentException">The model needs a channel that the device has not, another
    /// rate, or a longer window than the device keeps.</exception>
    IWindowScorer? Exchange(IWindowScorer? next);

    /// <summary>Puts a model beside the active one; both answer the same windows, only the active one is acted on. Returns the one before.</summary>
    /// <param name="cpuShare">Of one core, over (0, 1]: beyond it windows are skipped and counted; its
    /// smoothing then spans fewer windows than the active model's.</param>
    /// <exception cref="ArgumentException">As in <see cref="Exchange"/>.</exception>
    IWindowScorer? ExchangeShadow(IWindowScorer? next, double cpuShare = 1);

    /// <summary>The shadow becomes the active model in the same step, with its calibration. Returns the
    /// active one before; null shadow: nothing changes and false.</summary>
    bool TryPromoteShadow(out IWindowScorer? previous);

    /// <summary>Pairwise comparison since the shadow was put in; null without a shadow.</summary>
    ShadowEvidence? Shadow { get; }
}
