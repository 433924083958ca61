namespace Hmas.Contracts.Commands;

/// <summary>Asks a device to keep windows like some that the hub is unsure of, so that a person can be asked about more of their kind.
/// Argument <see cref="Argument"/> of a command <see cref="Kind"/>; a new one takes the place of the last.</summary>
/// <param name="Points">1 to <see cref="MaxPoints"/>: of each channel of the device the window's mean and deviation in units of the run's
/// calibration, (2C,).</param>
/// <param name="Radius">Root mean square over the coordinates within which a window is near; over 0, at most <see cref="MaxRadius"/>.</param>
/// <param name="Windows">Kept at most, 1 to <see cref="MaxWindows"/>; no two share a row.</param>
/// <param name="Within">Windows that are looked at, 1 to <see cref="MaxWithin"/>: then the request is over.</param>
public sealed record KeepNear(IReadOnlyList<IReadOnlyList<float>> Points, float Radius, int Windows, int Within)
{
    public const string Kind = "keep-near";

    /// <summary>Name of the command's argument that holds this as JSON.</summary>
    public const string Argument = "request";

    public const int MaxPoints = 8;

    /// <summary>Mean and deviation of 256 channels.</summary>
    public const int MaxCoordinates = 512;

    public const float MaxRadius = 100;

    public const int MaxWindows = 100;

    public const int MaxWithin = 1_000_000;

    /// <summary>Null: in order; else what is out of its bounds.</summary>
    public string? Fault()
    {
        if (Points is null || Points.Count is 0 or > MaxPoints) return $"{Points?.Count ?? 0} points are not 1 to {MaxPoints}";
        for (var i = 0; i < Points.Count; i++)
        {
            if (Points[i] is null || Points[i].Count is 0 or > MaxCoordinates || Points[i].Count % 2 != 0 || Points[i].Count != Points[0].Count)
                return $"point {i} has {Points[i]?.Count ?? 0} coordinates; all have the same even number up to {MaxCoordinates}";
            if (!Points[i].All(float.IsFinite)) return $"point {i} holds a value that is no number";
        }

        if (!(Radius > 0 && Radius <= MaxRadius)) return $"radius {Radius} is outside (0, {MaxRadius}]";
        if (Windows is < 1 or > MaxWindows) return $"windows {Windows} is not 1 to {MaxWindows}";
        return Within is < 1 or > MaxWithin ? $"within {Within} is not 1 to {MaxWithin}" : null;
    }
}
