namespace Edge.Sensors;

/// <summary>A sensor does not answer or answers what cannot be used.</summary>
public class SensorException : Exception
{
    public SensorException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
