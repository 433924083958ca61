using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Perception.Teacher;

/// <summary>The newest teacher and what it must know of each device's current run. One thread at a time.</summary>
/// <param name="mostRuns">Runs held; the one unseen for longest goes first.</param>
internal sealed class TeacherRoom(int mostRuns) : IDisposable
{
    private readonly Dictionary<(string Device, string Run), Pupil> _pupils = [];
    private (ModelManifest Manifest, ReadOnlyMemory<byte> Onnx)? _teacher;
    private long _clock;

    public void Appoint(ModelManifest manifest, ReadOnlyMemory<byte> onnx)
    {
        _teacher = (manifest, onnx);
        foreach (var pupil in _pupils.Values) pupil.Dismiss();
    }

    /// <summary>Whether the run is held; otherwise <see cref="Begin"/> comes before its first window.</summary>
    public bool Knows(string deviceId, string runId) => _pupils.ContainsKey((deviceId, runId));

    /// <summary>Holds a run from now on, with what is known of its healthy rows; the run unseen for longest may have to go.</summary>
    public void Begin(string deviceId, string runId, IReadOnlyList<ExperienceRecord> healthy)
    {
        var pupil = Find(deviceId, runId);
        foreach (var window in healthy) pupil.Calibration.Add(window);
    }

    /// <summary>The device has other channels now: the teacher looks for its own among them anew.</summary>
    public void Dismiss(string deviceId)
    {
        foreach (var (run, pupil) in _pupils)
        {
            if (run.Device == deviceId) pupil.Dismiss();
        }
    }

    /// <summary>Takes a window in; an opinion on it when it is no calibration window and there is a teacher for it.</summary>
    /// <exception cref="ArgumentException">The teacher does not fit the device's channels.</exception>
    public double? Consider(string deviceId, IReadOnlyList<string> deviceChannels, ExperienceRecord window)
    {
        var pupil = Find(deviceId, window.RunId);
        if ((window.Reasons & ExperienceReasons.Calibration) != 0)
        {
            pupil.Calibration.Add(window);
            return null;
        }

        if (_teacher is not { } teacher) return null;
        pupil.Teacher ??= new RunTeacher(teacher.Manifest, teacher.Onnx.Span, deviceChannels);
        return pupil.Teacher.Judge(window, pupil.Calibration);
    }

    public void Dispose()
    {
        foreach (var pupil in _pupils.Values) pupil.Dismiss();
        _pupils.Clear();
    }

    private Pupil Find(string deviceId, string runId)
    {
        if (!_pupils.TryGetValue((deviceId, runId), out var pupil))
        {
            if (_pupils.Count >= mostRuns)
            {
                var (oldest, gone) = _pupils.MinBy(entry => entry.Value.LastSeen);
                gone.Dismiss();
                _pupils.Remove(oldest);
            }

            pupil = _pupils[(deviceId, runId)] = new Pupil();
        }

        pupil.LastSeen = ++_clock;
        return pupil;
    }

    private sealed class Pupil
    {
        public RunCalibration Calibration { get; } = new();

        public RunTeacher? Teacher { get; set; }

        public long LastSeen { get; set; }

        public void Dismiss()
        {
            Teacher?.Dispose();
            Teacher = null;
        }
    }
}
