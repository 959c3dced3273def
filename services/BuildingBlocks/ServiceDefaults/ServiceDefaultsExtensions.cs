using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>What every process of the system has in common.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Adds authentication, problems, JSON, limits, health, telemetry, idempotent commands and the API document.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="service">Name of the service in telemetry and documents, e.g. <c>invoicing</c>.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string service)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddLimits();
        builder.AddTelemetry(service);
        var services = builder.Services;
        services.TryAddSingleton(OffsetClock.Of(builder.Configuration, builder.Environment));
        services.AddHttpContextAccessor();
        services.ConfigureHttpJsonOptions(json =>
        {
            Json.Configure(json.SerializerOptions);
            json.SerializerOptions.Converters.Add(new StorableTextConverter());
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddOptions<HostOptions>().Configure<IConfiguration>((host, configuration) =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(20) + Drain.Time(configuration));
        services.AddBearerAuthentication();
        services.AddHealth();
        services.AddApiDocument(service);
        services.AddSingleton(typeof(WakeUp<>));
        services.AddHostedService<Housekeeping>();
        services.AddSingleton<KeyGates>();
        services.AddScoped(provider => new HttpCommand(
            provider.GetRequiredService<IHttpContextAccessor>().HttpContext
                ?? throw new InvalidOperationException("There is no command outside a request."),
            provider.GetRequiredService<EventStore>(),
            provider.GetRequiredService<TimeProvider>()));
        return builder;
    }

    /// <summary>
    /// Puts the middleware in order and maps health, and, for a process with an event store, its administration and
    /// its API document (<c>/openapi/v1.json</c>).
    /// </summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var hasStore = app.Services.GetRequiredService<IServiceProviderIsService>().IsService(typeof(EventStore));
        app.UseMiddleware<RequestTelemetry>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.UseRequestTimeouts();
        if (hasStore)
            app.UseMiddleware<HangUps>();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealth();
        if (!hasStore)
            return app;
        app.UseMiddleware<ReportLimit>();
        app.UseMiddleware<IdempotencyMiddleware>();
        app.MapAdministration();
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        return app;
    }
}
