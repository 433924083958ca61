using Microsoft.Extensions.Options;

namespace Cloud.Hub.Integration;

[OptionsValidator]
internal sealed partial class IntegrationOptionsValidator : IValidateOptions<IntegrationOptions>;
