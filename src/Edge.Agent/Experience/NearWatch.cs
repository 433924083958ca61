using Hmas.Contracts.Commands;

namespace Edge.Agent.Experience;

/// <summary>Finds windows like those that the hub is unsure of: near a point, none that shares a row with the last one found, so
/// many at most. One thread but for <see cref="Ask"/>.</summary>
internal sealed class NearWatch
{
    private Asked? _asked;
    private long _nextFrame;

    /// <summary>Takes the place of what was asked before. Any thread.</summary>
    /// <param name="request">In order.</param>
    public void Ask(KeepNear request) => Volatile.Write(ref _asked, new Asked([.. request.Points.Select(point => point.ToArray())], request));

    public void StartRun() => _nextFrame = 0;

    /// <summary>Looks at one more window; true: it is to be kept, and counts.</summary>
    /// <param name="point">Mean and deviation per channel, in units of the calibration.</param>
    /// <param name="frame">Of the window's last row in its run.</param>
    /// <param name="rows">Of the window.</param>
    public bool Finds(ReadOnlySpan<float> point, long frame, int rows)
    {
        if (Volatile.Read(ref _asked) is not { } asked || !asked.IsOpen) return false;
        asked.Looked++;
        if (frame < _nextFrame || !asked.IsNear(point)) return false;
        _nextFrame = frame + rows;
        asked.Found++;
        return true;
    }

    private sealed class Asked(float[][] points, KeepNear request)
    {
        public int Looked { get; set; }

        public int Found { get; set; }

        public bool IsOpen => Looked < request.Within && Found < request.Windows;

        public bool IsNear(ReadOnlySpan<float> window)
        {
            foreach (var point in points)
            {
                // Of a device with other channels: nothing is near.
                if (point.Length != window.Length) continue;
                var sum = 0f;
                for (var i = 0; i < point.Length; i++) sum += (point[i] - window[i]) * (point[i] - window[i]);
                if (sum <= request.Radius * request.Radius * point.Length) return true;
            }

            return false;
        }
    }
}
