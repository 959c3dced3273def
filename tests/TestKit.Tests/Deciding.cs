using OrderToCash.Kernel;

namespace OrderToCash.TestKit.Tests;

public sealed class Deciding
{
    private static readonly Refusal Full = new("box-full", "Full.");
    private static readonly DeciderSpec<Box> Spec = new(new Box(0), Box.Evolve);

    [Fact]
    public void events_with_lists_are_equal_by_content() =>
        Spec.Given(new Put(["a"])).When(box => Decision.Of(new Put([.. Enumerable.Repeat("b", box.Count)])))
            .Then(new Put(["b"])).ThenState(box => box.Count.ShouldBe(2));

    [Fact]
    public void other_content_fails_and_shows_the_line_that_differs()
    {
        var outcome = Spec.Given().When(_ => Decision.Of(new Put(["a", "c"])));

        var failure = Should.Throw<ShouldAssertException>(() => outcome.Then(new Put(["a", "b"])));

        failure.Message.ShouldContain("""-     "b" """.TrimEnd());
        failure.Message.ShouldContain("""+     "c" """.TrimEnd());
    }

    [Fact]
    public void another_type_with_the_same_content_fails() =>
        Should.Throw<ShouldAssertException>(() => Spec.Given().When(_ => Decision.Of(new Put([]))).Then(new Take([])));

    [Fact]
    public void nothing_is_neither_an_event_nor_a_refusal()
    {
        Spec.Given().When(_ => Decision.Nothing).ThenNothing();
        Should.Throw<ShouldAssertException>(() => Spec.Given().When(_ => Decision.Of(new Put([]))).ThenNothing());
        Should.Throw<ShouldAssertException>(() => Spec.Given().When(_ => Full).ThenNothing());
    }

    [Fact]
    public void a_refusal_is_known_by_its_code()
    {
        Spec.Given().When(_ => Full).ThenRefused("box-full").Detail.ShouldBe("Full.");
        Should.Throw<ShouldAssertException>(() => Spec.Given().When(_ => Full).ThenRefused("other"));
    }

    private sealed record Put(IReadOnlyList<string> Things);

    private sealed record Take(IReadOnlyList<string> Things);

    private sealed record Box(int Count)
    {
        public static Box Evolve(Box box, object happened) =>
            happened is Put put ? new Box(box.Count + put.Things.Count) : box;
    }
}
