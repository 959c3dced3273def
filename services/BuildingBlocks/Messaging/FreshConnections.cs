using MassTransit;
using Npgsql;
using OrderToCash.EventSourcing;

namespace OrderToCash.Messaging;

/// <summary>A message that met a connection whose statements are lost is tried again on another one.</summary>
internal sealed class FreshConnections<T>(NpgsqlDataSource database) : IFilter<ConsumeContext<T>>
    where T : class
{
    /// <inheritdoc/>
    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        try
        {
            await next.Send(context);
        }
        catch (PostgresException error) when (LostStatements.Are(error))
        {
            database.Clear();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Probe(ProbeContext context) => context.CreateFilterScope("fresh-connections");
}
