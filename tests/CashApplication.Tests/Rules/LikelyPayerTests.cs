using OrderToCash.CashApplication.Integration;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.EventSourcing;
using V1 = OrderToCash.Contracts.CashApplication.V1;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>COL-09: who may have paid what waits, so that nobody else asks them for it.</summary>
public sealed class Likely_payers
{
    [Fact]
    public void are_told_where_what_is_known_points_to_several()
    {
        var match = Matches.Match(
            Matches.Pay(100m, "INV-US01-2026-000123"), [Matches.Item("INV-US01-2026-000123", 100m)], Matches.Initech);

        match.CustomerId.ShouldBeNull();
        var payers = match.Payers.ShouldNotBeNull();
        payers.ShouldContain(new LikelyPayer(Matches.Initech, 0.60m));
        payers.ShouldBe(payers.OrderByDescending(payer => payer.Confidence));
        payers.Select(payer => payer.CustomerId).ShouldBeUnique();
    }

    [Fact]
    public void are_none_where_nothing_tells_and_not_asked_for_where_it_is_certain()
    {
        Matches.Match(Matches.Pay(50m, "thanks"), []).Payers.ShouldNotBeNull().ShouldBeEmpty();
        var known = Matches.Match(Matches.Pay(50m, "thanks"), [], Matches.Globex);
        (known.CustomerId, known.Payers).ShouldBe((Matches.Globex, null));
    }

    [Fact]
    public void are_news_only_where_they_are_others()
    {
        var aside = new ReceiptSetAside(
            "contradiction", "Two.", new DateOnly(2026, 11, 5), [new(Matches.Globex, 0.6m)]);

        aside.ShouldBe(aside with { Payers = [new(Matches.Globex, 0.6m)] });
        aside.IsAsBefore(aside with { Detail = "Still two.", DueOn = null }).ShouldBeTrue();
        aside.IsAsBefore(aside with { Payers = [new(Matches.Initech, 0.6m)] }).ShouldBeFalse();
        aside.IsAsBefore(aside with { Reason = "rivals" }).ShouldBeFalse();
        (aside with { Payers = null }).IsAsBefore(aside with { Payers = [] }).ShouldBeTrue();
    }

    [Fact]
    public void are_published_where_they_were_asked_for()
    {
        var aside = new ReceiptSetAside("contradiction", "Two.", null, [new(Matches.Globex, 0.6m)]);

        var said = Said(aside).ShouldHaveSingleItem().ShouldBeOfType<V1.ReceiptPayersFound>();
        said.Payers.ShouldBe([new V1.LikelyPayer(Matches.Globex, 0.6m)]);
        Said(aside with { Payers = [] }).ShouldHaveSingleItem().ShouldBeOfType<V1.ReceiptPayersFound>()
            .Payers.ShouldBeEmpty();
        Said(aside with { Payers = null }).ShouldBeEmpty();
    }

    private static IEnumerable<object> Said(object data) => CashPublications.Create().Of(new StoredEvent
    {
        Id = Matches.Globex,
        StreamId = Matches.Initech,
        Version = 2,
        Type = "receipt_set_aside",
        Data = data,
        At = DateTimeOffset.UnixEpoch,
        Metadata = new EventMetadata("test"),
    }).Select(message => message.Contract);
}
