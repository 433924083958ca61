using Microsoft.Extensions.Options;

namespace Edge.Agent.Settings;

// Generated from the attributes of each type, without reflection. One line each, so they stand together.
[OptionsValidator]
internal sealed partial class DeviceOptionsValidator : IValidateOptions<DeviceOptions>;

[OptionsValidator]
internal sealed partial class SensorOptionsValidator : IValidateOptions<SensorOptions>;

[OptionsValidator]
internal sealed partial class PipelineOptionsValidator : IValidateOptions<PipelineOptions>;

[OptionsValidator]
internal sealed partial class ModelOptionsValidator : IValidateOptions<ModelOptions>;

[OptionsValidator]
internal sealed partial class ActuatorOptionsValidator : IValidateOptions<ActuatorOptions>;

[OptionsValidator]
internal sealed partial class ExperienceOptionsValidator : IValidateOptions<ExperienceOptions>;

[OptionsValidator]
internal sealed partial class OutboxOptionsValidator : IValidateOptions<OutboxOptions>;

[OptionsValidator]
internal sealed partial class HubOptionsValidator : IValidateOptions<HubOptions>;

[OptionsValidator]
internal sealed partial class PeerOptionsValidator : IValidateOptions<PeerOptions>;

[OptionsValidator]
internal sealed partial class StatusOptionsValidator : IValidateOptions<StatusOptions>;

[OptionsValidator]
internal sealed partial class LogOptionsValidator : IValidateOptions<LogOptions>;
