namespace OrderToCash.TestKit.Tests;

public sealed class Waiting
{
    [Fact]
    public async Task a_value_is_read_until_it_is_as_wished()
    {
        var count = 0;
        (await Eventually.Becomes(() => Task.FromResult(++count), value => value == 3, "it is three")).ShouldBe(3);
    }

    [Fact]
    public async Task the_failure_says_what_was_expected_and_what_was_there()
    {
        var failure = await Assert.ThrowsAsync<ShouldAssertException>(() => Eventually.Becomes(
            () => Task.FromResult("red"), light => light == "green", "the light is green", TimeSpan.Zero));
        failure.Message.ShouldContain("the light is green");
        failure.Message.ShouldContain("red");
    }
}
