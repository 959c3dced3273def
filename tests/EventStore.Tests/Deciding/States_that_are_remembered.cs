namespace OrderToCash.EventSourcing.Tests.Deciding;

/// <summary>The cache of folded states is bounded, and whoever is used finds a place in it.</summary>
public sealed class States_that_are_remembered
{
    private const int Capacity = 80;

    private static readonly StreamType<Account> Light = Account.Stream;
    private static readonly StreamType<Account> Heavy = Account.Stream with { Weight = _ => 1_000 };
    private static readonly Loaded<Account> Kept = new(new Account("kept", 1, false), 1);

    [Fact]
    public async Task the_heaviest_find_a_place_in_a_cache_that_is_full()
    {
        using var cache = new StateCache(Capacity);
        for (var i = 0; i < Capacity; i++)
            cache.Keep(Light, Some.Id(), Kept);
        var heavy = Some.Id();

        await Eventually.BecomesTrue(
            () =>
            {
                cache.Keep(Heavy, heavy, Kept);
                return cache.Find(Heavy, heavy).Exists;
            },
            "it is kept");
    }
}
