using MassTransit;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.CashApplication.Integration;

/// <summary>Keeps the replica of legal entities.</summary>
public sealed class LegalEntitiesConsumer(Inbox inbox) : IConsumer<LegalEntityDefined>
{
    private const string Upsert =
        "insert into legal_entities (code, name, base_currency, time_zone, unapplied_cash_account, " +
        "unidentified_cash_account, cash_clearing_account, version, small_differences_account) " +
        "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) " +
        "on conflict (code) do update set name = excluded.name, base_currency = excluded.base_currency, " +
        "time_zone = excluded.time_zone, unapplied_cash_account = excluded.unapplied_cash_account, " +
        "unidentified_cash_account = excluded.unidentified_cash_account, " +
        "cash_clearing_account = excluded.cash_clearing_account, version = excluded.version, " +
        "small_differences_account = excluded.small_differences_account " +
        "where excluded.version >= legal_entities.version";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<LegalEntityDefined> context)
    {
        var version = context.StreamVersion();
        return inbox.WriteAsync(context, new SqlRows<LegalEntityDefined>()
            .Column(entity => entity.Code)
            .Column(entity => entity.Name)
            .Column(entity => entity.BaseCurrency)
            .Column(entity => entity.TimeZone)
            .Column(entity => entity.CashAccounts.UnappliedCash)
            .Column(entity => entity.CashAccounts.UnidentifiedCash)
            .Column(entity => entity.CashAccounts.CashClearing)
            .Column(_ => version)
            .Column(entity => entity.CashAccounts.SmallDifferences)
            .Command(Upsert, [context.Message]));
    }
}
