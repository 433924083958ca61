using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Recipes;

/// <summary>A model's input cut out of a run.</summary>
/// <param name="Features">(T, R), time-major, as the engine has it.</param>
/// <param name="Anomalous">Truth of its last row; null: unknown.</param>
/// <param name="IsCalibration">Its last row is one of the run's calibration rows.</param>
/// <param name="IsNew">The parent has not learnt from it.</param>
/// <param name="Class">Index of its last row's class, or its step of remaining life; <see cref="NoClass"/>: none of those told apart.</param>
internal readonly record struct LabelledWindow(
    float[] Features, bool? Anomalous, bool IsCalibration, bool IsNew = true, int Class = LabelledWindow.NoClass)
{
    public const int NoClass = -1;

    /// <summary>Run of the machine that it was cut from; empty where that is not known any more.</summary>
    public string Run { get; init; } = "";

    /// <summary>Every row that its newest step reads is behind the calibration and known to be normal; a window that begins in a fault or ends
    /// beside one is not.</summary>
    public bool IsPlainlyNormal { get; init; }

    /// <param name="features">(R, T), as the device's features lie; copied.</param>
    public static LabelledWindow Of(ReadOnlySpan<float> features, Shape shape, bool? anomalous, bool isCalibration)
    {
        var turned = new float[features.Length];
        for (var i = 0; i < features.Length; i++) turned[(i % shape.Length * shape.Channels) + (i / shape.Length)] = features[i];
        return new LabelledWindow(turned, anomalous, isCalibration);
    }
}
