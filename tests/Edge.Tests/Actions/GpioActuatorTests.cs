using System.Device.Gpio;
using Edge.Agent.Actions;
using Edge.Agent.Actions.Actuators;
using Edge.Agent.Reasoning;

namespace Edge.Tests.Actions;

public sealed class GpioActuatorTests : IDisposable
{
    private const int Line = 5;
    private readonly MemoryGpioDriver _driver = new();

    public void Dispose() => _driver.Dispose();

    [Fact]
    public async Task A_command_sets_the_level_of_its_line_as_an_output()
    {
        await using var relay = Relay(safeHigh: false);
        Assert.Equal("line 5 is high", await relay.ActAsync(Request("high"), default));
        Assert.Equal("line 5 is low", await relay.ActAsync(Request("low"), default));
        Assert.Equal([(Line, true), (Line, false)], _driver.Written);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_safe_state_is_the_level_that_was_set_for_it(bool safeHigh)
    {
        await using var relay = Relay(safeHigh);
        await relay.ActAsync(Request(safeHigh ? "low" : "high"), default);
        await relay.EnterSafeStateAsync("a test", default);
        Assert.Equal((Line, safeHigh), _driver.Written[^1]);
    }

    [Fact]
    public async Task The_chip_is_not_opened_before_the_first_command_and_given_back_at_the_end()
    {
        var opened = 0;
        var relay = new GpioActuator("relay", Line, safeHigh: false, () =>
        {
            opened++;
            return new GpioController(_driver);
        });
        Assert.Equal(0, opened);
        await relay.ActAsync(Request("high"), default);
        await relay.ActAsync(Request("low"), default);
        Assert.Equal(1, opened);
        await relay.DisposeAsync();
        Assert.True(_driver.IsDisposed, "the chip was kept");
    }

    [Fact]
    public async Task A_line_that_is_busy_is_one_failure_and_the_next_command_tries_again()
    {
        var chips = new Queue<MemoryGpioDriver>([new MemoryGpioDriver { IsBusy = true }, _driver]);
        await using var relay = new GpioActuator("relay", Line, safeHigh: false, () => new GpioController(chips.Dequeue()));
        var error = await Assert.ThrowsAsync<ActuatorException>(async () => await relay.ActAsync(Request("high"), default));
        Assert.Contains("GPIO line 5: line 5 is busy", error.Reason, StringComparison.Ordinal);
        await relay.ActAsync(Request("high"), default);
        Assert.Equal([(Line, true)], _driver.Written);
    }

    private GpioActuator Relay(bool safeHigh) => new("relay", Line, safeHigh, () => new GpioController(_driver));

    private static ActionRequest Request(string command) => new(new ActuatorCommand("relay", command, float.NaN), "rule-1", "rule-1-0", 0, []);
}
