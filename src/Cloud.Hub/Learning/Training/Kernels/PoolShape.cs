namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>Windows of a pooling layer, without padding: square on a plane, stretches in time.</summary>
internal sealed class PoolShape
{
    private readonly int _width;
    private readonly int _windowWidth;

    /// <param name="stride">0: as wide as the window.</param>
    /// <exception cref="ArgumentException">The window does not fit.</exception>
    public PoolShape(Shape input, int window, int stride)
    {
        Window = window;
        Stride = stride == 0 ? window : stride;
        _width = input.Width;
        _windowWidth = input.Width == 1 ? 1 : window;
        if (window < 1 || Stride < 1 || window > input.Height || _windowWidth > input.Width)
            throw new ArgumentException($"a pooling window of {window} with stride {Stride} does not fit {input}");
        var (height, width) = (((input.Height - window) / Stride) + 1, ((input.Width - _windowWidth) / Stride) + 1);
        Output = new Shape(height * width, input.Channels, width);
        Taps = window * _windowWidth;
    }

    public int Window { get; }

    public int Stride { get; }

    public Shape Output { get; }

    /// <summary>Pixels of a window.</summary>
    public int Taps { get; }

    /// <summary>First input pixel of an output pixel's window.</summary>
    public int FirstOf(int pixel) => ((pixel / Output.Width * _width) + (pixel % Output.Width)) * Stride;

    /// <summary>From the window's first pixel to its <paramref name="tap"/>-th.</summary>
    public int TapOffset(int tap) => (tap / _windowWidth * _width) + (tap % _windowWidth);
}
