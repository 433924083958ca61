namespace Cloud.Hub.Redistribution.Targeting;

/// <summary>Reads a query by recursive descent, <c>or</c> before <c>and</c> before <c>not</c>,
/// into one condition over a device's attributes.</summary>
internal sealed class QueryParser(string text)
{
    private const int MaxDepth = 32;

    private readonly List<QueryToken> _tokens = QueryTokens.Of(text);
    private int _next;
    private int _depth;

    private QueryToken Current => _tokens[_next];

    /// <exception cref="QueryException">Not a query, or one that is nested too deeply.</exception>
    public Predicate<IReadOnlyDictionary<string, string>> Parse()
    {
        var condition = Or();
        return Current.Length == 0 ? condition : throw Unexpected("and, or, or the end");
    }

    private Predicate<IReadOnlyDictionary<string, string>> Or()
    {
        if (++_depth > MaxDepth) throw new QueryException(Current.At + 1, $"more than {MaxDepth} levels");
        var left = And();
        while (Take("or"))
        {
            var (before, right) = (left, And());
            left = device => before(device) || right(device);
        }

        _depth--;
        return left;
    }

    private Predicate<IReadOnlyDictionary<string, string>> And()
    {
        var left = Not();
        while (Take("and"))
        {
            var (before, right) = (left, Not());
            left = device => before(device) && right(device);
        }

        return left;
    }

    private Predicate<IReadOnlyDictionary<string, string>> Not()
    {
        var isNegated = false;
        while (Take("not")) isNegated = !isNegated;
        var condition = Take("(") ? Closed(Or()) : Comparison();
        return isNegated ? device => !condition(device) : condition;
    }

    private Predicate<IReadOnlyDictionary<string, string>> Closed(Predicate<IReadOnlyDictionary<string, string>> inner) =>
        Take(")") ? inner : throw Unexpected("')'");

    private Predicate<IReadOnlyDictionary<string, string>> Comparison()
    {
        var name = Name();
        if (Take("in")) return In(name);
        if (Take("=")) return Test(name, Value(), AttributeComparison.Matches);
        if (Take("!="))
        {
            var equal = Test(name, Value(), AttributeComparison.Matches);
            return device => !equal(device);
        }

        if (Take("<=")) return Test(name, Value(), static (value, limit) => AttributeComparison.Order(value, limit) <= 0);
        if (Take(">=")) return Test(name, Value(), static (value, limit) => AttributeComparison.Order(value, limit) >= 0);
        if (Take("<")) return Test(name, Value(), static (value, limit) => AttributeComparison.Order(value, limit) < 0);
        return Take(">")
            ? Test(name, Value(), static (value, limit) => AttributeComparison.Order(value, limit) > 0) :
                throw Unexpected("=, !=, <, <=, >, >= or in");
    }

    private Predicate<IReadOnlyDictionary<string, string>> In(string name)
    {
        if (!Take("(")) throw Unexpected("'('");
        var values = new List<string> { Value() };
        while (Take(",")) values.Add(Value());
        return Take(")")
            ? device => device.TryGetValue(name, out var value) && values.Exists(pattern => AttributeComparison.Matches(value, pattern)) :
                throw Unexpected("',' or ')'");
    }

    /// <summary>A device that has no such attribute fails every comparison; only <c>!=</c> and <c>not</c> take it in.</summary>
    private static Predicate<IReadOnlyDictionary<string, string>> Test(string name, string text, Func<string, string, bool> test) =>
        device => device.TryGetValue(name, out var value) && test(value, text);

    private string Name()
    {
        var token = Current;
        if (token.IsQuoted || !DeviceAttributes.IsName(token.Text)) throw Unexpected($"one of {DeviceAttributes.Names}");
        _next++;
        return token.Text;
    }

    private string Value()
    {
        var token = Current;
        if (token.Length == 0 || (!token.IsQuoted && !char.IsAsciiLetterOrDigit(token.Text[0]) && token.Text[0] is not ('*' or '-' or '_')))
            throw Unexpected("a value");
        _next++;
        return token.Text;
    }

    private bool Take(string word)
    {
        if (!Current.Is(word)) return false;
        _next++;
        return true;
    }

    private QueryException Unexpected(string wanted) =>
        new(Current.At + 1, Current.Length == 0 ? $"the query ends where {wanted} must stand" : $"'{Current.Text}' stands where {wanted} must stand");
}
