using Edge.Agent.Actions;
using Edge.Agent.Actions.Actuators;
using Edge.Agent.Reasoning;
using Edge.Agent.Settings;
using Edge.Sensors;
using Edge.Sensors.Simulation;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>Makes the ladder's parts from the settings: sensor, actuators, rules.</summary>
internal static class Ladder
{
    /// <exception cref="SettingsException">Contradictory; the message names the key.</exception>
    public static ISensor MakeSensor(SensorOptions options, TimeProvider time, ILoggerFactory loggers) => options.Kind switch
    {
        "replay" => new ReplaySensor(options.Replay!.ToReplay(), time, loggers.CreateLogger<ReplaySensor>()),
        "pump" => new SimulatedPump((options.Pump ?? new PumpOptionsSection()).ToPump(), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"run-{time.GetUtcNow():yyyyMMdd't'HHmmss}"), time),
        _ => throw new SettingsException([$"sensor:kind '{options.Kind}' is none of {string.Join(", ", SensorOptions.Kinds)}"]),
    };

    /// <summary>The configured actuators, and <c>log</c> where none bears that name: every device can write an alarm down.</summary>
    public static IReadOnlyList<IActuator> MakeActuators(IReadOnlyList<ActuatorOptions> options, ILoggerFactory loggers)
    {
        var actuators = options.Select(actuator => MakeActuator(actuator, loggers)).ToList();
        if (actuators.TrueForAll(actuator => actuator.Name != "log")) actuators.Add(new LogActuator("log", loggers.CreateLogger<LogActuator>()));
        return [.. actuators];
    }

    /// <exception cref="RuleFileException">The file cannot be used; the message names file, line and field.</exception>
    public static RuleSet LoadRules(RulesOptions options, ISensor sensor, int historyFrames, IReadOnlyList<IActuator> actuators) =>
        options.File is null
            ? RuleSet.Empty
            : RuleFile.Load(options.File, new RuleScope(sensor.Channels, sensor.RateHz, historyFrames, actuators.ToDictionary(actuator => actuator.Name, actuator => actuator.Commands)));

    private static IActuator MakeActuator(ActuatorOptions options, ILoggerFactory loggers) => options.Kind switch
    {
        "log" => new LogActuator(options.Name, loggers.CreateLogger<LogActuator>()),
        "file" => new FileActuator(options.Name, options.File!),
        _ => throw new SettingsException([$"actuators: kind '{options.Kind}' of '{options.Name}' is none of {string.Join(", ", ActuatorOptions.Kinds)}"]),
    };
}
