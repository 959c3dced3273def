using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>
/// Keeps <c>payer_memory</c>: whose accounts and names are known. A confirmed allocation and a person who says whose
/// money it is teach it; a person who says it is another's, or takes back what was applied, makes it forget. Where the
/// money only goes on to another item it stays known whose it is; and where only a part of it is another's, whose
/// account paid it: a customer may pay for another.
/// </summary>
public sealed class PayerMemoryProjection : Projection
{
    /// <summary>
    /// What is known already is left alone, so that writers do not wait for each other's rows. An account is known with
    /// its bank, where that is told: other banks have accounts of the same number.
    /// </summary>
    private const string Learn =
        "insert into payer_memory (legal_entity, trait, key, customer_id, forgotten) " +
        "select distinct r.legal_entity, t.trait, t.key, s.customer, false " +
        "from unnest($1, $2) as s (receipt, customer) " +
        "join receipts r on r.id = s.receipt " +
        "cross join lateral (values ('account', coalesce(r.payer_bank || '/', '') || r.payer_account), " +
        "('alias', r.payer_key)) t (trait, key) " +
        "where t.key is not null and not exists (select 1 from payer_memory k where k.legal_entity = r.legal_entity " +
        "and k.trait = t.trait and k.key = t.key and k.customer_id = s.customer and not k.forgotten) " +
        "order by 1, 2, 3, 4 on conflict (legal_entity, trait, key, customer_id) do update set forgotten = false";

    /// <summary>Its number alone is forgotten, too: it was learned so before banks were.</summary>
    private const string Forget =
        "update payer_memory m set forgotten = true from unnest($1, $2) as s (receipt, customer) " +
        "join receipts r on r.id = s.receipt where m.legal_entity = r.legal_entity and m.customer_id = s.customer " +
        "and ((m.trait = 'account' and m.key in (r.payer_account, r.payer_bank || '/' || r.payer_account)) " +
        "or (m.trait = 'alias' and m.key = r.payer_key))";

    public PayerMemoryProjection()
        : base("payer_memory", "payer_memory")
    {
        On<AllocationConfirmed>(Learn, rows => rows
            .Column(e => e.StreamId).Column(e => e.Data.Balance.CustomerId!.Value));
        OnEach<AllocationReversalsRequested, (Guid Receipt, Guid Customer)>(
            e => e.Data is { ByPerson: true, Balance.CustomerId: { } customer }
                && e.Data.Allocations.All(back => back.Then is null)
                    ? [(e.StreamId, customer)]
                    : [],
            Forget, rows => rows.Column(row => row.Receipt).Column(row => row.Customer));
        On<ReceiptIdentified>(Learn, rows => rows.Column(e => e.StreamId).Column(e => e.Data.CustomerId));
        On<ReceiptUnidentified>(Forget, rows => rows.Column(e => e.StreamId).Column(e => e.Data.CustomerId));
        OnEach<CashTransferred, (Guid Receipt, Guid Customer)>(
            e => e.Data.IsWhole ? [(e.StreamId, e.Data.From)] : [],
            Forget, rows => rows.Column(row => row.Receipt).Column(row => row.Customer));
        OnEach<CashTransferred, (Guid Receipt, Guid Customer)>(
            e => e.Data.IsWhole ? [(e.StreamId, e.Data.To)] : [],
            Learn, rows => rows.Column(row => row.Receipt).Column(row => row.Customer));
    }
}
