package cairn.cli.template;

/** Why a function refuses its arguments; the evaluator adds where. */
final class CallFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CallFault(String message) {
        super(message, null, false, false);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
