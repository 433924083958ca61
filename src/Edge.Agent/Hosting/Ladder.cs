using System.Device.Gpio;
using System.Device.Gpio.Drivers;
using System.Globalization;
using Edge.Agent.Actions;
using Edge.Agent.Actions.Actuators;
using Edge.Agent.Reasoning;
using Edge.Agent.Settings;
using Edge.Sensors;
using Edge.Sensors.Buses;
using Edge.Sensors.Buses.Hwmon;
using Edge.Sensors.Buses.Iio;
using Edge.Sensors.Replay;
using Edge.Sensors.Simulation;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>Makes the ladder's parts from the settings: sensor, actuators, rules.</summary>
internal static class Ladder
{
    /// <exception cref="SettingsException">Contradictory; the message names the key.</exception>
    /// <exception cref="SensorException">The kernel does not show the device.</exception>
    public static ISensor MakeSensor(SensorOptions options, TimeProvider time, ILoggerFactory loggers) => options.Kind switch
    {
        "replay" => new ReplaySensor(options.Replay!.ToReplay(), time, loggers.CreateLogger<ReplaySensor>()),
        "pump" => Simulate(new PumpModel((options.Pump ?? new PumpOptionsSection()).ToPump()), time),
        "motor" => Simulate(new MotorModel((options.Motor ?? new MotorOptionsSection()).ToMotor()), time),
        "iio" => MakeSysfsSensor("iio", options.Iio!, IioDevice.DefaultRoot, IioDevice.Discover, time, loggers),
        "hwmon" => MakeSysfsSensor("hwmon", options.Hwmon!, HwmonDevice.DefaultRoot, HwmonDevice.Discover, time, loggers),
        _ => throw new SettingsException([$"sensor:kind '{options.Kind}' is none of {string.Join(", ", SensorOptions.Kinds)}"]),
    };

    /// <summary>The configured actuators, and <c>log</c> where none bears that name: every device can write an alarm down.</summary>
    /// <param name="sensor">A simulated pump is what simulated actuators turn.</param>
    public static IReadOnlyList<IActuator> MakeActuators(
        IReadOnlyList<ActuatorOptions> options, ISensor sensor, TimeProvider time, ILoggerFactory loggers)
    {
        var actuators = options.Select(actuator => MakeActuator(actuator, sensor, time, loggers)).ToList();
        if (actuators.TrueForAll(actuator => actuator.Name != "log")) actuators.Add(new LogActuator("log", loggers.CreateLogger<LogActuator>()));
        return [.. actuators];
    }

    /// <exception cref="RuleFileException">The file cannot be used; the message names file, line and field.</exception>
    public static RuleSet LoadRules(RulesOptions options, ISensor sensor, int historyFrames, IReadOnlyList<IActuator> actuators) =>
        options.File is null
            ? RuleSet.Empty
            : RuleFile.Load(
                options.File,
                new RuleScope(
                    sensor.Channels, sensor.RateHz, historyFrames, actuators.ToDictionary(actuator => actuator.Name, actuator => actuator.Commands)));

    private static SimulatedMachine Simulate(IMachineModel model, TimeProvider time) =>
        new(model, string.Create(CultureInfo.InvariantCulture, $"run-{time.GetUtcNow():yyyyMMdd't'HHmmss}"), time);

    private static SysfsSensor MakeSysfsSensor(
        string section, SysfsOptionsSection options, string root, Func<string, IReadOnlyList<SysfsChannel>> discover, TimeProvider time,
        ILoggerFactory loggers)
    {
        var offered = discover(SysfsDevice.Find(options.Root ?? root, options.Device));
        return new SysfsSensor(
            options.Channels.Count == 0 ? offered : Choose(section, options.Channels, offered), options.RateHz, time,
            loggers.CreateLogger<SysfsSensor>());
    }

    private static SysfsChannel[] Choose(string section, IEnumerable<string> wanted, IReadOnlyList<SysfsChannel> offered) =>
    [
        .. wanted.Select(name => offered.FirstOrDefault(channel => channel.Channel.Name == name)
            ?? throw new SettingsException(
                [$"sensor:{section}:channels '{name}' is none of {string.Join(", ", offered.Select(channel => channel.Channel.Name))}"])),
    ];

    private static IActuator MakeActuator(ActuatorOptions options, ISensor sensor, TimeProvider time, ILoggerFactory loggers) => options.Kind switch
    {
        "log" => new LogActuator(options.Name, loggers.CreateLogger<LogActuator>()),
        "file" => new FileActuator(options.Name, options.File!, time),
        "gpio" => new GpioActuator(options.Name, options.Line!.Value, options.SafeHigh ?? false, () => OpenGpio(options.Chip)),
        "simulated" => MakeDrive(options, (sensor as SimulatedMachine)?.Model as PumpModel),
        _ => throw new SettingsException(
            [$"actuators: kind '{options.Kind}' of '{options.Name}' is none of {string.Join(", ", ActuatorOptions.Kinds)}"]),
    };

    private static SimulatedDrive MakeDrive(ActuatorOptions options, PumpModel? pump) => options.Part switch
    {
        "valve" => new SimulatedDrive(options.Name, options.Safe ?? 1, setting => pump!.Controls.ValveOpening = setting),
        "motor" => new SimulatedDrive(options.Name, options.Safe ?? 0, setting => pump!.Controls.Speed = setting),
        _ => new SimulatedDrive(options.Name, options.Safe ?? 0),
    };

    private static GpioController OpenGpio(int? chip) => chip is { } number ? new GpioController(new LibGpiodDriver(number)) : new GpioController();
}
