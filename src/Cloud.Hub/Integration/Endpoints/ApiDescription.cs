using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Cloud.Hub.Integration.Endpoints;

/// <summary>What the OpenAPI document says beside the routes: title, and the token that they ask for.</summary>
internal sealed class ApiDescription : IOpenApiDocumentTransformer
{
    private const string Scheme = "bearer";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info.Title = "HMAS hub";
        document.Info.Version = "v1";
        document.Info.Description =
            "The fleet's front: devices, alarms, labels, training, models, rollouts, agents. Enums are words; times in …Us are microseconds since the Unix epoch. Errors are problem details (RFC 9457).";
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = Scheme,
            Description = "The operator token (operator.token in the hub's data folder); POST /devices also takes the enrolment token.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        return Task.CompletedTask;
    }
}
