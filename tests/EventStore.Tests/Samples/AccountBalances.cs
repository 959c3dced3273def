using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.EventSourcing.Tests.Samples;

/// <summary>The read model of the sample: one row per account and one per movement.</summary>
public sealed class AccountBalances : Projection
{
    private const string Change =
        "update account_balances a set balance = a.balance + s.units, version = s.version, changed_at = s.at " +
        "from unnest($1, $2, $3, $4) as s (id, units, version, at) where a.account_id = s.id";

    private const string Move =
        "insert into account_movements (account_id, units, version) select * from unnest($1, $2, $3)";

    public AccountBalances()
        : base("account_balances", "account_balances", "account_movements")
    {
        On<AccountOpened>(
            "insert into account_balances (account_id, owner, version, changed_at) " +
            "select * from unnest($1, $2, $3, $4)",
            row => row.Column(e => e.StreamId).Column(e => e.Data.Owner).Column(e => e.Version).Column(e => e.At));
        On<Deposited>(Change, row => row
            .Column(e => e.StreamId).Column(e => e.Data.Units).Column(e => e.Version).Column(e => e.At));
        On<Deposited>(Move, row => row.Column(e => e.StreamId).Column(e => e.Data.Units).Column(e => e.Version));
        On<Withdrawn>(Change, row => row
            .Column(e => e.StreamId).Column(e => -e.Data.Units).Column(e => e.Version).Column(e => e.At));
        On<Withdrawn>(Move, row => row.Column(e => e.StreamId).Column(e => -e.Data.Units).Column(e => e.Version));
        On<AccountClosed>(
            "update account_balances a set closed = true, version = s.version, changed_at = s.at " +
            "from unnest($1, $2, $3) as s (id, version, at) where a.account_id = s.id",
            row => row.Column(e => e.StreamId).Column(e => e.Version).Column(e => e.At));
    }
}
