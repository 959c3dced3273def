using MassTransit;
using Npgsql;
using OrderToCash.Collections.Reviews;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>Keeps how much risk Credit sees in customers; each is looked at, so that the worklist goes by it.</summary>
public sealed class CreditRisksConsumer(Inbox inbox, TimeProvider clock) : IConsumer<CreditRiskAssessed>
{
    public const string Queue = "collections-credit-risks";

    private const string Upsert =
        "insert into customer_risks (customer_id, risk_class, score, assessed_at, version) " +
        "values ($1, $2, $3, $4, $5) on conflict (customer_id) do update set risk_class = excluded.risk_class, " +
        "score = excluded.score, assessed_at = excluded.assessed_at, version = excluded.version " +
        "where excluded.version >= customer_risks.version";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CreditRiskAssessed> context)
    {
        var risk = context.Message;
        var command = new NpgsqlBatchCommand(Upsert);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = risk.CustomerId });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = risk.RiskClass });
        command.Parameters.Add(new NpgsqlParameter<int?> { TypedValue = risk.Score });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = context.HappenedAt() });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = context.StreamVersion() });
        return inbox.WriteAsync(context, command, ReviewQueue.Request(clock.GetUtcNow(), risk.CustomerId));
    }
}
