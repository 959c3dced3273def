using Microsoft.Extensions.DependencyInjection;

namespace OrderToCash.ServiceDefaults;

internal static class ApiDocument
{
    public static IServiceCollection AddApiDocument(this IServiceCollection services, string service)
    {
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = $"OrderToCash {service}";
            document.Info.Version = "v1";
            return Task.CompletedTask;
        }));
        return services;
    }
}
