using Edge.Agent.Actions;
using Edge.Agent.Hosting;
using Edge.Agent.Reasoning;
using Edge.Agent.Settings;
using Edge.Sensors;
using Edge.Sensors.Simulation;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Hosting;

/// <summary>Settings become a sensor on a fake sysfs tree, and actuators.</summary>
public sealed class LadderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task An_iio_device_is_found_by_the_name_of_its_driver()
    {
        Chip("iio:device0", "mpu6050", ("in_accel_x_input", "1"));
        Chip("iio:device1", "bmp280", ("in_temp_input", "25080"), ("in_pressure_input", "100.65"));
        await using var sensor = Make("sensor: { kind: iio, iio: { device: bmp280, root: ROOT, rateHz: 5, channels: [bmp280_temp] } }");
        Assert.Equal((5, "bmp280_temp"), (sensor.RateHz, Assert.Single(sensor.Channels).Name));
    }

    [Fact]
    public async Task A_hwmon_chip_is_found_by_its_folder_too()
    {
        Chip("hwmon0", "lm75", ("temp1_input", "1000"));
        Chip("hwmon1", "lm75", ("temp1_input", "2000"), ("temp2_input", "3000"));
        await using var sensor = Make("sensor: { kind: hwmon, hwmon: { device: hwmon1, root: ROOT } }");
        Assert.Equal(["lm75_temp1", "lm75_temp2"], sensor.Channels.Select(channel => channel.Name));
    }

    [Fact]
    public void A_device_that_is_not_there_is_refused_with_those_that_are()
    {
        Chip("iio:device0", "mpu6050", ("in_accel_x_input", "1"));
        var error = Assert.Throws<SensorException>(() => Make("sensor: { kind: iio, iio: { device: bmp280, root: ROOT } }"));
        Assert.Contains("no device 'bmp280', there are mpu6050 (iio:device0)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_two_devices_bear_is_refused()
    {
        Chip("hwmon0", "lm75", ("temp1_input", "1000"));
        Chip("hwmon1", "lm75", ("temp1_input", "2000"));
        var error = Assert.Throws<SensorException>(() => Make("sensor: { kind: hwmon, hwmon: { device: lm75, root: ROOT } }"));
        Assert.Contains("hwmon0 and hwmon1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_channel_that_the_device_lacks_is_refused_with_those_it_has()
    {
        Chip("iio:device0", "bmp280", ("in_temp_input", "25080"));
        var error = Assert.Throws<SettingsException>(() => Make("sensor: { kind: iio, iio: { device: bmp280, root: ROOT, channels: [temp] } }"));
        Assert.Contains("sensor:iio:channels 'temp' is none of bmp280_temp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Simulated_actuators_turn_the_simulated_pump()
    {
        var settings = Load(
            "sensor: { kind: pump }\nactuators: [{ name: v, kind: simulated, part: valve }, { name: m, kind: simulated, part: motor, safe: 0.5 }]");
        await using var pump = (SimulatedMachine)Ladder.MakeSensor(settings.Sensor, _time, NullLoggerFactory.Instance);
        var actuators = Ladder.MakeActuators(settings.Actuators, pump, TimeProvider.System, NullLoggerFactory.Instance)
            .ToDictionary(actuator => actuator.Name);
        await actuators["v"].ActAsync(Request("v", "set", 0.25f), CancellationToken.None);
        await actuators["m"].EnterSafeStateAsync("test", CancellationToken.None);
        Assert.Equal((0.25, 0.5), (((PumpModel)pump.Model).Controls.ValveOpening, ((PumpModel)pump.Model).Controls.Speed));
        Assert.Contains("log", actuators.Keys);
    }

    [Theory]
    [InlineData("pump", "{ kind: leak, start: 00:01:00, ramp: 00:00:30, severity: 0.4 }", FaultKind.Leak, 0)]
    [InlineData("pump", "{ kind: drift, channel: Pressure, end: 01:00:00 }", FaultKind.Drift, PumpChannels.Pressure)]
    [InlineData("motor", "{ kind: bearingWear, start: 00:01:00 }", FaultKind.BearingWear, 0)]
    public void A_simulated_machine_takes_a_plan_of_faults(string machine, string fault, FaultKind kind, int channel)
    {
        var settings = Load($"sensor: {{ kind: {machine}, {machine}: {{ seed: 7, faults: [{fault}] }} }}").Sensor;
        var plan = machine == "pump" ? settings.Pump!.ToPump().Faults : settings.Motor!.ToMotor().Faults;
        Assert.Equal((kind, channel), (Assert.Single(plan.Faults).Kind, plan.Faults[0].Channel));
        Assert.Equal(
            machine == "pump" ? PumpChannels.All : MotorChannels.All,
            Make($"sensor: {{ kind: {machine}, {machine}: {{ faults: [{fault}] }} }}").Channels);
    }

    [Theory]
    [InlineData("{ kind: drift }", "sensor:pump:faults:0:channel is missing")]
    [InlineData("{ kind: drift, channel: Torque }", "'Torque' is none of Accelerometer1RMS")]
    [InlineData("{ kind: leak, channel: Pressure }", "Leak is a fault of the machine")]
    [InlineData("{ kind: leak, start: 00:02:00, end: 00:01:00 }", "Faults[0]: End 00:01:00 must be after Start 00:02:00")]
    [InlineData("{ kind: leak, severity: 2 }", "Faults[0].Severity: 2")]
    public void A_fault_that_cannot_be_is_refused_with_its_place(string fault, string reason) =>
        Assert.Contains(
            reason, Assert.Throws<SettingsException>(() => Make($"sensor: {{ kind: pump, pump: {{ faults: [{fault}] }} }}")).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task A_gpio_line_without_a_chip_is_one_failed_action_and_no_failed_start()
    {
        var settings = Load("sensor: { kind: pump }\nactuators: [{ name: relay, kind: gpio, chip: 63, line: 17 }]");
        await using var sensor = Ladder.MakeSensor(settings.Sensor, _time, NullLoggerFactory.Instance);
        await using var relay = Ladder.MakeActuators(settings.Actuators, sensor, TimeProvider.System, NullLoggerFactory.Instance)
            .Single(actuator => actuator.Name == "relay");
        var error =
            await Assert.ThrowsAsync<ActuatorException>(async () =>
                await relay.ActAsync(Request("relay", "high", float.NaN), CancellationToken.None));
        Assert.Contains("GPIO line 17", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static ActionRequest Request(string actuator, string command, float value) =>
        new(new ActuatorCommand(actuator, command, value), "rule", "alarm", 0, []);

    private void Chip(string folder, string name, params (string File, string Text)[] attributes)
    {
        var path = Directory.CreateDirectory(_folder.File(folder)).FullName;
        File.WriteAllText(Path.Combine(path, "name"), name + "\n");
        foreach (var (file, text) in attributes) File.WriteAllText(Path.Combine(path, file), text + "\n");
    }

    private ISensor Make(string sections) => Ladder.MakeSensor(Load(sections).Sensor, _time, NullLoggerFactory.Instance);

    private AgentSettings Load(string sections)
    {
        using var file = new TempFolder();
        File.WriteAllText(
            file.File("agent.yaml"),
            $"device: {{ site: north, id: p }}\n{sections.Replace("ROOT", $"'{_folder.Path}'", StringComparison.Ordinal)}\n");
        return SettingsLoader.Load(file.File("agent.yaml"), new Dictionary<string, string>(), []);
    }
}
