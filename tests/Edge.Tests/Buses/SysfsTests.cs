using Edge.Sensors;
using Edge.Sensors.Buses;
using Edge.Sensors.Buses.Hwmon;
using Edge.Sensors.Buses.Iio;
using Edge.Tests.Simulation;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Buses;

/// <summary>A fake sysfs tree, read by the real drivers.</summary>
public sealed class SysfsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingSink _sink = new();

    [Fact]
    public void Iio_processed_channels_come_in_our_units()
    {
        // The data sheet's own example of the BMP280, as the kernel's driver answers it: 25.08 °C, 100.653 kPa.
        Write("name", "bmp280\n");
        Write("in_temp_input", "25080\n");
        Write("in_pressure_input", "100.653253906\n");
        Assert.Equal(
            [("bmp280_pressure", "Pa", 100653.25f), ("bmp280_temp", "Cel", 25.08f)],
            IioDevice.Discover(_folder.Path).Select(channel => (channel.Channel.Name, channel.Channel.Unit, channel.Read())));
    }

    [Fact]
    public void Iio_raw_channels_use_their_own_scale_and_offset_or_the_type_s()
    {
        Write("name", "adc");
        Write("in_voltage0_raw", "1000");
        Write("in_voltage1_raw", "1000");
        Write("in_voltage_scale", "0.5");
        Write("in_voltage1_scale", "2");
        Write("in_voltage1_offset", "-200");
        Assert.Equal([0.5f, 1.6f], IioDevice.Discover(_folder.Path).Select(channel => channel.Read()));
    }

    [Fact]
    public void Hwmon_channels_take_their_label_as_name()
    {
        Write("name", "lm75");
        Write("temp1_input", "25000");
        Write("temp1_label", "motor");
        Write("power1_input", "1500000");
        Write("temp1_max", "80000");
        Assert.Equal(
            [("lm75_power1", "W", 1.5f), ("lm75_motor", "Cel", 25f)],
            HwmonDevice.Discover(_folder.Path).Select(channel => (channel.Channel.Name, channel.Channel.Unit, channel.Read())));
    }

    [Fact]
    public void A_folder_without_channels_is_named()
    {
        Assert.Contains(_folder.Path, Assert.Throws<SensorException>(() => IioDevice.Discover(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<SensorException>(() => HwmonDevice.Discover(_folder.File("none")));
    }

    [Fact]
    public async Task A_channel_that_breaks_gives_NaN_and_the_others_go_on_until_none_answers()
    {
        Write("temp1_input", "1000");
        Write("temp2_input", "2000");
        var sensor = new SysfsSensor(HwmonDevice.Discover(_folder.Path), 1, _time, NullLogger.Instance);
        var running = sensor.RunAsync(_sink, CancellationToken.None);
        await Tick();
        Write("temp1_input", "broken");
        await Tick();
        File.Delete(_folder.File("temp2_input"));
        _time.Advance(TimeSpan.FromSeconds(1));
        var e = await Assert.ThrowsAsync<SensorException>(() => running);
        Assert.Contains("temp1_input", e.Message, StringComparison.Ordinal);
        Assert.Equal([1f, 2f, float.NaN, 2f], _sink.Samples.Take(4).Select(sample => sample.Value));
    }

    public void Dispose() => _folder.Dispose();

    private Task Tick()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return _sink.ArrivedAsync(samples: 2);
    }

    private void Write(string name, string text) => File.WriteAllText(_folder.File(name), text);
}
