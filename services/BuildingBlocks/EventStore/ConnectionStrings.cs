using Microsoft.Extensions.Configuration;

namespace OrderToCash.EventSourcing;

/// <summary>Where a service finds its servers: <c>ConnectionStrings:…</c> in its configuration.</summary>
public static class ConnectionStrings
{
    /// <summary>The service's own database: <c>ConnectionStrings:Postgres</c>.</summary>
    public const string Postgres = "Postgres";

    /// <summary>The broker all services share: <c>ConnectionStrings:RabbitMq</c>.</summary>
    public const string RabbitMq = "RabbitMq";

    /// <summary>The connection string of this name; without it no service starts.</summary>
    /// <exception cref="InvalidOperationException">It is not set, or empty.</exception>
    public static string RequiredConnectionString(this IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"ConnectionStrings:{name} is not set.");
}
