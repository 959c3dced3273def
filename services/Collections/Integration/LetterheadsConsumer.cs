using System.Text.Json;
using MassTransit;
using Npgsql;
using NpgsqlTypes;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>Keeps what stands on the paper of legal entities.</summary>
public sealed class LetterheadsConsumer(Inbox inbox) : IConsumer<LetterheadDefined>
{
    public const string Queue = "collections-letterheads";

    private const string Upsert =
        "insert into letterheads (legal_entity, content, version) values ($1, $2, $3) " +
        "on conflict (legal_entity) do update set content = excluded.content, version = excluded.version " +
        "where excluded.version >= letterheads.version";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<LetterheadDefined> context)
    {
        var command = new NpgsqlBatchCommand(Upsert);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = context.Message.LegalEntity });
        command.Parameters.Add(new NpgsqlParameter<string>
        {
            TypedValue = JsonSerializer.Serialize(context.Message, Json.Stored),
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = context.StreamVersion() });
        return inbox.WriteAsync(context, command);
    }
}
