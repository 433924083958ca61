using System.Device.Gpio;

namespace Edge.Agent.Actions.Actuators;

/// <summary>A digital output line of the Linux GPIO character device. Opened at the first command, so a board without it still starts.</summary>
/// <param name="open">Makes the controller; <c>() =&gt; new GpioController()</c> on a device.</param>
/// <param name="safeHigh">Level of the safe state.</param>
internal sealed class GpioActuator(string name, int line, bool safeHigh, Func<GpioController> open) : IActuator
{
    private GpioController? _controller;

    public string Name => name;

    public IReadOnlyList<string> Commands { get; } = ["high", "low"];

    /// <inheritdoc/>
    public ValueTask<string> ActAsync(ActionRequest request, CancellationToken ct)
    {
        var high = request.Command.Command == "high";
        Write(high);
        return ValueTask.FromResult($"line {line} is {(high ? "high" : "low")}");
    }

    /// <inheritdoc/>
    public ValueTask EnterSafeStateAsync(string reason, CancellationToken ct)
    {
        Write(safeHigh);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _controller?.Dispose();
        _controller = null;
        return ValueTask.CompletedTask;
    }

    private void Write(bool high)
    {
        try
        {
            _controller ??= open();
            if (!_controller.IsPinOpen(line)) _controller.OpenPin(line, PinMode.Output);
            _controller.Write(line, high ? PinValue.High : PinValue.Low);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // System.Device.Gpio answers a missing library, chip or line each with another type
            // (GpiodException, IOException, PlatformNotSupported…): one event here.
            _controller?.Dispose();
            _controller = null;
            throw new ActuatorException(name, $"GPIO line {line}: {e.Message}", e);
        }
    }
}
