using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Cloud.Hub.Perception.Teacher;

/// <summary>The teacher as it judges one run of one device: calibrated on that run's healthy rows, as
/// the device's own model is. One thread at a time.</summary>
internal sealed class RunTeacher : IDisposable
{
    private readonly Detector _detector;
    private readonly int[] _channels;
    private readonly float[] _window;
    private int _calibratedRows;

    /// <param name="manifest">Of the teacher's package.</param>
    /// <param name="onnx">Its graph.</param>
    /// <param name="deviceChannels">Channel names in the order of uploaded windows.</param>
    /// <exception cref="ArgumentException">A channel of the teacher is none of the device's.</exception>
    public RunTeacher(ModelManifest manifest, ReadOnlySpan<byte> onnx, IReadOnlyList<string> deviceChannels)
    {
        _channels = [.. manifest.Channels.Select(name => IndexOf(deviceChannels, name))];
        _detector = new Detector(manifest, onnx, new SessionSettings());
        _window = new float[_channels.Length * manifest.Window.Length];
    }

    /// <summary>How far the window's end is over the threshold, 1 being the threshold itself; null when the window is too
    /// short, the run has too few healthy rows yet, or the answer is no number.</summary>
    /// <remarks>See <see cref="DetectorScore.Ratio"/>.</remarks>
    public double? Judge(ExperienceRecord experience, RunCalibration calibration)
    {
        var manifest = _detector.Manifest;
        var length = manifest.Window.Length;
        if (experience.Length < length || calibration.Rows < Math.Max(length, manifest.Threshold.CalibrationRows / 2)) return null;
        if (calibration.Rows != _calibratedRows)
        {
            _detector.Calibrate(calibration.RowsOf(_channels));
            _calibratedRows = calibration.Rows;
        }

        // Uploaded windows are apart in time, so the smoothing is led in by the cuts before the window's end.
        var last = default(DetectorScore);
        for (var start = 0; start + length <= experience.Length; start++)
        {
            for (var c = 0; c < _channels.Length; c++)
                experience.Window.AsSpan((_channels[c] * experience.Length) + start, length).CopyTo(_window.AsSpan(c * length));
            last = _detector.Score(_window);
        }

        return last.IsValid ? last.Ratio : null;
    }

    public void Dispose() => _detector.Dispose();

    private static int IndexOf(IReadOnlyList<string> channels, string name)
    {
        for (var i = 0; i < channels.Count; i++)
        {
            if (channels[i] == name) return i;
        }

        throw new ArgumentException($"the teacher reads channel '{name}', which the device does not have");
    }
}
