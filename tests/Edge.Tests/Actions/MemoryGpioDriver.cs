using System.Device.Gpio;

namespace Edge.Tests.Actions;

/// <summary>Lines in memory, below the real controller: stands in for the kernel's gpio-sim, which needs a kernel with
/// configfs. What <see cref="GpioController"/> checks and does is real.</summary>
internal sealed class MemoryGpioDriver : GpioDriver
{
    private readonly Dictionary<int, PinMode> _modes = [];

    /// <summary>Every level written, in order.</summary>
    public List<(int Line, bool High)> Written { get; } = [];

    /// <summary>The line cannot be had: another process holds it.</summary>
    public bool IsBusy { get; set; }

    public bool IsDisposed { get; private set; }

    protected override int PinCount => 8;

    protected override void OpenPin(int pinNumber)
    {
        if (IsBusy) throw new IOException($"line {pinNumber} is busy");
        _modes[pinNumber] = PinMode.Input;
    }

    protected override void ClosePin(int pinNumber) => _modes.Remove(pinNumber);

    protected override void SetPinMode(int pinNumber, PinMode mode) => _modes[pinNumber] = mode;

    protected override PinMode GetPinMode(int pinNumber) => _modes[pinNumber];

    protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => mode == PinMode.Output;

    protected override PinValue Read(int pinNumber) => Written.Last(written => written.Line == pinNumber).High ? PinValue.High : PinValue.Low;

    protected override void Write(int pinNumber, PinValue value)
    {
        if (_modes.GetValueOrDefault(pinNumber) != PinMode.Output) throw new InvalidOperationException($"line {pinNumber} is no output");
        Written.Add((pinNumber, value == PinValue.High));
    }

    protected override WaitForEventResult WaitForEvent(int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    protected override void AddCallbackForPinValueChangedEvent(int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback) =>
        throw new NotSupportedException();

    protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
