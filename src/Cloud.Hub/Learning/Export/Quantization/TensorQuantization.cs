namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Asymmetric uint8: real = Scale × (q − Zero).</summary>
internal readonly record struct TensorQuantization(float Scale, byte Zero)
{
    /// <summary>Covers [min, max] and 0, so that zero padding is exact. Scale in double, then float32, as ONNX
    /// Runtime's own tool does; a range without width gets scale 1.</summary>
    public static TensorQuantization Of(float min, float max)
    {
        double low = Math.Min(min, 0);
        double high = Math.Max(max, 0);
        var scale = (float)((high - low) / 255);
        if (!float.IsNormal(scale)) return new TensorQuantization(1, 0);
        return new TensorQuantization(scale, (byte)Math.Clamp(Math.Round(-low / scale, MidpointRounding.ToEven), 0, 255));
    }

    public float Round(float value) => Scale * (Math.Clamp(MathF.Round(value / Scale, MidpointRounding.ToEven) + Zero, 0, 255) - Zero);
}
