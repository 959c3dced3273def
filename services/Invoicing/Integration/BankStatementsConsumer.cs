using MassTransit;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Keeps up to which day the statements of each bank account are in, for the checklist of a month end. The messages may
/// come twice and in any order.
/// </summary>
public sealed class BankStatementsConsumer(Inbox inbox) : IConsumer<BankAccountDefined>, IConsumer<StatementBooked>
{
    public const string Queue = "invoicing-bank-statements";

    private const string Account =
        "insert into bank_accounts as a (code, legal_entity, version, closed_on) " +
        "select * from unnest($1, $2, $3, $4) " +
        "on conflict (code) do update set legal_entity = excluded.legal_entity, version = excluded.version, " +
        "closed_on = excluded.closed_on where a.version < excluded.version";

    private const string Statement =
        "insert into bank_accounts as a (code, statements_through) select * from unnest($1, $2) " +
        "on conflict (code) do update set statements_through = greatest(a.statements_through, " +
        "excluded.statements_through)";

    public Task Consume(ConsumeContext<BankAccountDefined> context) => inbox.WriteAsync(
        context,
        new SqlRows<BankAccountDefined>()
            .Column(account => account.Code)
            .Column(account => account.LegalEntity)
            .Column(_ => context.StreamVersion())
            .Column(account => account.ClosedOn)
            .Command(Account, [context.Message]));

    public Task Consume(ConsumeContext<StatementBooked> context) => inbox.WriteAsync(
        context,
        new SqlRows<StatementBooked>()
            .Column(statement => statement.BankAccount)
            .Column(statement => statement.LastDay)
            .Command(Statement, [context.Message]));
}
