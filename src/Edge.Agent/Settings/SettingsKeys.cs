namespace Edge.Agent.Settings;

/// <summary>Every key the agent knows; <c>*</c> stands for a list's index or a tag's name.</summary>
internal static class SettingsKeys
{
    public static IReadOnlyList<string> All { get; } =
    [
        "device:site", "device:id", "device:hardware", "device:tags:*", "device:stateFolder",
        "sensor:kind", "sensor:replay:folder", "sensor:replay:files:*", "sensor:replay:rateHz", "sensor:replay:speed", "sensor:replay:loop",
        "sensor:replay:follow",
        "sensor:replay:followInterval", "sensor:replay:startAt", "sensor:replay:pause", "sensor:replay:onBadRow", "sensor:replay:separator",
        "sensor:replay:timestampColumn",
        "sensor:replay:time", "sensor:replay:timestampFormat", "sensor:replay:columns:*:column", "sensor:replay:columns:*:channel",
        "sensor:replay:columns:*:unit",
        "sensor:pump:rateHz", "sensor:pump:seed", "sensor:pump:speed", "sensor:pump:valveOpening",
        "sensor:pump:faults:*:kind", "sensor:pump:faults:*:start", "sensor:pump:faults:*:ramp", "sensor:pump:faults:*:end",
        "sensor:pump:faults:*:severity", "sensor:pump:faults:*:channel",
        "sensor:motor:rateHz", "sensor:motor:seed", "sensor:motor:load",
        "sensor:motor:faults:*:kind", "sensor:motor:faults:*:start", "sensor:motor:faults:*:ramp", "sensor:motor:faults:*:end",
        "sensor:motor:faults:*:severity", "sensor:motor:faults:*:channel",
        "sensor:iio:device", "sensor:iio:root", "sensor:iio:rateHz", "sensor:iio:channels:*",
        "sensor:hwmon:device", "sensor:hwmon:root", "sensor:hwmon:rateHz", "sensor:hwmon:channels:*",
        "pipeline:queueCapacity", "pipeline:silenceAfter", "pipeline:retryAfter", "pipeline:lateness", "pipeline:maxGap", "pipeline:runGap", "pipeline:recordingLength",
        "pipeline:historyFrames",
        "pipeline:maxCalibrationRows", "pipeline:windowLength", "pipeline:windowStride", "pipeline:calibrationRows",
        "model:trustedKeysFile", "model:imageRoot", "model:directorRoot", "model:package", "model:maxPackageBytes", "model:probeLatency",
        "model:downloadTimeout", "model:downloadBytesPerSecond", "model:downloadWindow", "model:evidenceWindows", "model:maxShadowInvalidShare",
        "model:shadowCpuShare", "model:maxShadowBytes", "model:tuningRows", "model:tuningBudget",
        "rules:file",
        "actuators:*:name", "actuators:*:kind", "actuators:*:file", "actuators:*:chip", "actuators:*:line", "actuators:*:safeHigh",
        "actuators:*:part", "actuators:*:safe",
        "experience:routineEvery", "experience:alarmEvery", "experience:uncertainFrom", "experience:uncertainTo", "experience:rareDistance",
        "experience:rareMemory",
        "outbox:maxBytes", "outbox:queueCapacity",
        "hub:broker", "hub:artefacts", "hub:passwordFile", "hub:caFile", "hub:keepAlive", "hub:firstConnectJitter", "hub:reconnectFrom",
        "hub:reconnectTo", "hub:batchFacts",
        "hub:batchDelay", "hub:windowFacts", "hub:resendAfter", "hub:telemetryInterval", "hub:telemetryPoints", "hub:reportInterval",
        "peers:secretFile", "peers:listen", "peers:bytesPerSecond", "peers:sources:*",
        "status:socket", "status:metricsPort",
        "log:format", "log:level",
        "decisionLog:file",
    ];

    private const string Tags = "device:tags:";

    /// <summary>Whether a flat key is known, list indices aside.</summary>
    public static bool IsKnown(string key) => All.Contains(Pattern(key), StringComparer.OrdinalIgnoreCase);

    /// <summary>The key with <c>*</c> in place of its list indices and of a tag's name.</summary>
    public static string Pattern(string key) => key.StartsWith(Tags, StringComparison.OrdinalIgnoreCase) && !key.AsSpan(Tags.Length).Contains(':')
        ? Tags + "*"
        : string.Join(':', key.Split(':').Select(part => part.Length > 0 && part.All(char.IsAsciiDigit) ? "*" : part));
}
