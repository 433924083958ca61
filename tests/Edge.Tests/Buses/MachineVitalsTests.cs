using Edge.Sensors.Buses;
using Hmas.Contracts.Twins;
using Hmas.Testing;

namespace Edge.Tests.Buses;

/// <summary>A fake <c>/sys/class</c>.</summary>
public sealed class MachineVitalsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void The_emptiest_battery_of_the_machine_and_its_hottest_zone_are_told()
    {
        Write("power_supply/AC/type", "Mains\n");
        Write("power_supply/BAT0/type", "Battery\n");
        Write("power_supply/BAT0/capacity", "81\n");
        Write("power_supply/BAT1/type", "Battery\n");
        Write("power_supply/BAT1/capacity", "64\n");
        Write("power_supply/hid-mouse/type", "Battery\n");
        Write("power_supply/hid-mouse/scope", "Device\n");
        Write("power_supply/hid-mouse/capacity", "3\n");
        Write("thermal/thermal_zone0/temp", "48250\n");
        Write("thermal/thermal_zone1/temp", "61000\n");
        Write("thermal/cooling_device0/temp", "99000\n");
        Assert.Equal(new DeviceVitals(0.64, 61), MachineVitals.Read(_folder.Path));
    }

    [Fact]
    public void A_machine_that_has_neither_tells_nothing_and_what_does_not_answer_is_left_out()
    {
        Assert.Null(MachineVitals.Read(_folder.Path));
        Write("power_supply/BAT0/type", "Battery\n");
        Write("power_supply/BAT0/capacity", "unknown\n");
        Write("thermal/thermal_zone0/temp", "-5000\n");
        Assert.Equal(new DeviceVitals(null, -5), MachineVitals.Read(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string text)
    {
        var path = _folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
