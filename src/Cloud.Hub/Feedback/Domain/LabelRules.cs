using Hmas.Contracts.Facts;

namespace Cloud.Hub.Feedback.Domain;

/// <summary>What a label must be before it is stored.</summary>
internal static class LabelRules
{
    private const int MaxText = 200;

    /// <exception cref="ArgumentException">Names the field and its value.</exception>
    public static void Require(OutcomeLabel label)
    {
        if (!Hmas.Contracts.Ids.IsValid(label.DeviceId)) throw new ArgumentException($"label.deviceId '{label.DeviceId}' is no device id");
        if (label.ToUs < label.FromUs)
            throw new ArgumentException($"label of {label.DeviceId} ends at {label.ToUs} before it begins at {label.FromUs}");
        if (!Enum.IsDefined(label.Kind)) throw new ArgumentException($"label.kind {label.Kind} of {label.DeviceId} is no kind of label");
        if (label.Kind == LabelKind.Failure && label.ToUs != label.FromUs)
            throw new ArgumentException($"failure of {label.DeviceId} is a moment; it cannot last from {label.FromUs} to {label.ToUs}");
        RequireText(label.Label, "label.label");
        RequireText(label.Source, "label.source");
        if (label.RunId is not null) RequireText(label.RunId, "label.runId");
    }

    public static void RequireText(string text, string what)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaxText)
            throw new ArgumentException($"{what} must have 1 to {MaxText} characters, not {text?.Length ?? 0}");
    }
}
